using Concentrator.Ike.Session;

namespace Concentrator.Actors.Routing;

/// <summary>How many datagrams were thrown away, by reason. Safe from any thread.</summary>
public sealed class DropCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<DropReason>().Length];

    public long this[DropReason reason] => Interlocked.Read(ref _counts[(int)reason]);

    public long Total
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < _counts.Length; i++) sum += Interlocked.Read(ref _counts[i]);
            return sum;
        }
    }

    public void Count(DropReason reason) => Interlocked.Increment(ref _counts[(int)reason]);

    /// <summary>The reasons that occurred, with their counts.</summary>
    public IReadOnlyDictionary<DropReason, long> Snapshot() =>
        Enum.GetValues<DropReason>().Where(reason => this[reason] > 0).ToDictionary(reason => reason, reason => this[reason]);
}
