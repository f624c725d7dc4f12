namespace Concentrator.Kernel;

/// <summary>
/// What all our SAs together have carried, as far as comparisons with the kernel have seen: what an SA carried after the last one before its end is missing. Added
/// to by the tables' thread, read from any.
/// </summary>
public sealed class EspTotals
{
    private long _bytesIn;
    private long _bytesOut;
    private long _packetsIn;
    private long _packetsOut;

    public long BytesIn => Interlocked.Read(ref _bytesIn);

    public long BytesOut => Interlocked.Read(ref _bytesOut);

    public long PacketsIn => Interlocked.Read(ref _packetsIn);

    public long PacketsOut => Interlocked.Read(ref _packetsOut);

    internal void Add(bool isOut, ulong bytes, ulong packets)
    {
        Interlocked.Add(ref isOut ? ref _bytesOut : ref _bytesIn, (long)bytes);
        Interlocked.Add(ref isOut ? ref _packetsOut : ref _packetsIn, (long)packets);
    }
}
