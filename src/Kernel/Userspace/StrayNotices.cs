namespace Concentrator.Kernel.Userspace;

/// <summary>
/// Which packets without an SA are told of: of those whose SPIs share a slot one a second, so that a flood of them, whatever their SPIs, makes a few
/// dozen events a second and takes no memory for the rest. Safe from any thread.
/// </summary>
internal sealed class StrayNotices(TimeProvider time)
{
    private const int SlotBits = 6;
    private const uint Spread = 0x9e3779b1;

    private readonly long[] _dueAt = new long[1 << SlotBits];

    public bool IsDue(uint spi)
    {
        ref long dueAt = ref _dueAt[spi * Spread >> (32 - SlotBits)];
        long now = time.GetTimestamp(), seen = Volatile.Read(ref dueAt);
        return now >= seen && Interlocked.CompareExchange(ref dueAt, now + time.TimestampFrequency, seen) == seen;
    }
}
