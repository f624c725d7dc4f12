using Akka.Actor;
using Concentrator.Actors.Pools;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Node;

/// <summary>The pools of addresses inside the tunnel, for an operator or an observer. Safe from any thread.</summary>
public sealed class NodePools
{
    private static readonly TimeSpan QuestionTime = TimeSpan.FromSeconds(5);

    private readonly NodeContext _node;

    internal NodePools(NodeContext node) => _node = node;

    /// <summary>How full each pool is, as of some seconds ago; asks nobody.</summary>
    public IReadOnlyList<PoolSnapshot> Use => _node.PoolUse.Current;

    /// <summary>The pools as they are, in the order they were loaded; with their leases where that is asked for.</summary>
    /// <exception cref="AskTimeoutException">There was no answer in time.</exception>
    public async Task<IReadOnlyList<PoolSnapshot>> GetAsync(bool withLeases, CancellationToken cancel = default) =>
        await _node.Actors.Pools.Ask<PoolSnapshot[]>(new GetPools(withLeases), QuestionTime, cancel).ConfigureAwait(false);

    /// <summary>
    /// Adds a pool, or puts it in the place of the one of its name: what is told to its peers changes at once, its addresses only while none of them is online. Null
    /// when that is done, else why not.
    /// </summary>
    /// <exception cref="AskTimeoutException">There was no answer in time.</exception>
    public Task<string?> LoadAsync(PoolConfig pool, CancellationToken cancel = default) => ChangeAsync(new LoadPool(pool), cancel);

    /// <summary>Takes a pool away that has no address online. Null when that is done, else why not.</summary>
    /// <exception cref="AskTimeoutException">There was no answer in time.</exception>
    public Task<string?> UnloadAsync(string name, CancellationToken cancel = default) => ChangeAsync(new UnloadPool(name), cancel);

    private async Task<string?> ChangeAsync(object change, CancellationToken cancel) =>
        (await _node.Actors.Pools.Ask<PoolChanged>(change, QuestionTime, cancel).ConfigureAwait(false)).Refusal;
}
