namespace Concentrator.Actors.Store;

/// <summary>Whether sessions can be stored at the moment, and what has been: written by the store's actors, read by the gate and the metrics. Safe from any thread.</summary>
internal sealed class StoreBoard
{
    private readonly long[] _bad = new long[Enum.GetValues<BadRow>().Length];
    private long _written, _batches, _fenced, _failures, _restored, _refused;

    /// <summary>False: the database cannot be had, and nothing new begins.</summary>
    public bool IsAvailable { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); } = true;

    /// <summary>Living sessions whose row is behind.</summary>
    public int Dirty { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    public long RowsWritten => Interlocked.Read(ref _written);

    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Rows that another node had taken.</summary>
    public long Fenced => Interlocked.Read(ref _fenced);

    /// <summary>Calls that the database did not answer as it should.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Sessions that were taken over.</summary>
    public long Restored => Interlocked.Read(ref _restored);

    /// <summary>SAs of them that the kernel refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public IEnumerable<(BadRow Why, long Count)> BadRows => Enum.GetValues<BadRow>().Select(why => (why, Interlocked.Read(ref _bad[(int)why])));

    public void CountBatch(int rows, int fenced)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _written, rows - fenced);
        Interlocked.Add(ref _fenced, fenced);
    }

    public void CountFailure() => Interlocked.Increment(ref _failures);

    public void CountRestored(int sessions) => Interlocked.Add(ref _restored, sessions);

    public void CountRefused(int children) => Interlocked.Add(ref _refused, children);

    public void CountBad(BadRow why, int rows) => Interlocked.Add(ref _bad[(int)why], rows);
}
