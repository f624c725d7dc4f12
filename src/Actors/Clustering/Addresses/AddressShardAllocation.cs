using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>
/// Puts a shard where its service address is, and moves it there when the address has moved. That of a dead node's address begins where the address will be,
/// while its lease is still running out: so the sessions are there before it. Where none is known, on the node with the fewest. Asked by the shard coordinator, on
/// whichever node that runs.
/// </summary>
/// <param name="board">Who has which address.</param>
/// <param name="self">What a region without an address, the local one, is at.</param>
internal sealed class AddressShardAllocation(AddressBoard board, Func<Address> self) : IShardAllocationStrategy
{
    private const int MostAtOnce = 64;

    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        Task.FromResult(WantedFor(shardId, currentShardAllocations.Keys) ?? currentShardAllocations.OrderBy(region => region.Value.Count).First().Key);

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        IEnumerable<string> misplaced = currentShardAllocations.SelectMany(region => region.Value.Where(
            shard => WantedFor(shard, currentShardAllocations.Keys) is { } wanted && !wanted.Equals(region.Key)));
        return Task.FromResult<IImmutableSet<string>>([.. misplaced.Where(shard => !rebalanceInProgress.Contains(shard)).Take(MostAtOnce - Math.Min(MostAtOnce, rebalanceInProgress.Count))]);
    }

    private IActorRef? WantedFor(string shardId, IEnumerable<IActorRef> regions) =>
        byte.TryParse(shardId, NumberStyles.None, CultureInfo.InvariantCulture, out byte shard)
            ? RegionAt(board.HolderOf(shard), regions) ?? RegionAt(board.HeirOf(shard), regions)
            : null;

    private IActorRef? RegionAt(string? node, IEnumerable<IActorRef> regions) =>
        node is null ? null : regions.FirstOrDefault(region => NodeKey.IsAt(node, region.Path.Address.HasGlobalScope ? region.Path.Address : self()));
}
