namespace Concentrator.Kernel.Userspace;

/// <summary>How many packets came to which end, in each direction. Safe from any thread.</summary>
public sealed class EspCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<EspVerdict>().Length];

    public long this[EspVerdict verdict] => Interlocked.Read(ref _counts[(int)verdict]);

    internal void Count(EspVerdict verdict) => Interlocked.Increment(ref _counts[(int)verdict]);

    public override string ToString() =>
        string.Join(", ", Enum.GetValues<EspVerdict>().Where(v => this[v] > 0).Select(v => $"{v} {this[v]}"));
}
