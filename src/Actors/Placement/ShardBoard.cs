using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Placement;

/// <summary>
/// Which shards live here and are ready: their anchors have claimed them. Written by the <see cref="ShardAnchorActor"/>s, read by whoever mints, routes or
/// calls. Safe from any thread; reading takes no lock.
/// </summary>
internal sealed class ShardBoard
{
    private readonly Lock _writing = new();
    private readonly TaskCompletionSource _hasAny = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hasAll = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LocalShards _current = LocalShards.None;

    /// <summary>As of now; it does not change in the caller's hands.</summary>
    public LocalShards Current => Volatile.Read(ref _current);

    /// <summary>Completes when a shard has become ready for the first time.</summary>
    public Task HasAny => _hasAny.Task;

    /// <summary>Completes when for the first time all shards are ready here, as they are on a node that is alone.</summary>
    public Task HasAll => _hasAll.Task;

    /// <summary>The shard is ready.</summary>
    public void Enter(byte shard)
    {
        lock (_writing) Volatile.Write(ref _current, _current.With(shard));
        _hasAny.TrySetResult();
        if (_current.Count == SessionId.ShardCount) _hasAll.TrySetResult();
    }

    /// <summary>It leaves this node, or its anchor has died. Nothing is minted in it from now on.</summary>
    public void Leave(byte shard)
    {
        lock (_writing) Volatile.Write(ref _current, _current.Without(shard));
    }
}
