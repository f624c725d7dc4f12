namespace Concentrator.Actors.Pools;

/// <summary>How full the pools are, for metrics: some seconds old. Safe from any thread.</summary>
internal sealed class PoolUseBoard
{
    private PoolSnapshot[] _current = [];

    public IReadOnlyList<PoolSnapshot> Current => Volatile.Read(ref _current);

    public void Show(PoolSnapshot[] pools) => Volatile.Write(ref _current, pools);
}
