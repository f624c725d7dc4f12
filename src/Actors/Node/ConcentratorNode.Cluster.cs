using Akka.Actor;
using Akka.Cluster;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Node;

public sealed partial class ConcentratorNode : IClusterView
{
    /// <summary>What a node does within its patience may take this much longer.</summary>
    private static readonly TimeSpan DrainSlack = TimeSpan.FromSeconds(20);

    /// <summary>How many shards live here and are ready.</summary>
    public int ShardCount => _node.Shards.Current.Count;

    public ClusterMap GetClusterMap()
    {
        Cluster cluster = Cluster.Get(_akka.System);
        ClusterEvent.CurrentClusterState state = cluster.State;
        Member[] members = [.. state.Members];
        int self = Array.FindIndex(members, member => member.Address == cluster.SelfAddress);
        NodeStatus?[] told = Array.ConvertAll(members, member => member.Address == cluster.SelfAddress ? StatusActor.Of(_node, TextOf(member)) : _node.Statuses.Of(TextOf(member), _node.Now));
        return new ClusterMap(
            [.. members.Select((member, place) => new ClusterMember(TextOf(member), member.Status.ToString(), place == self, !state.Unreachable.Contains(member))
            {
                Name = NodeNames.Of(member),
                ServiceAddresses = !_node.Addresses.IsEmpty ? [.. _node.Addresses.HeldBy(member.Address).Select(address => address.ToString())] : place == self ? [.. Endpoints.Where(endpoint => endpoint.Port == Endpoints[0].Port).Select(endpoint => new HostPort(endpoint).ToString())] : [],
                Load = told[place] is { } status ? new NodeLoad(status.IkeSas, status.ChildSas, status.ProcessorTime, status.Processors, status.Memory) : null,
                Drain = told[place]?.Drain,
            })],
            [.. Enumerable.Range(0, SessionId.ShardCount).Select(shard => PlaceOf((byte)shard, told, members))])
        {
            IkeSasByShard = [.. Enumerable.Range(0, SessionId.ShardCount).Select(shard => told.Sum(status => status?.IkeSasByShard[shard] ?? 0))],
        };
    }

    private static string TextOf(Member member) => $"{member.Address.Host}:{member.Address.Port}";

    /// <summary>Who says that it has the shard; else who has its address, and so will have it soon.</summary>
    private int PlaceOf(byte shard, NodeStatus?[] told, Member[] members)
    {
        // A shard that moves may be told of twice: this node knows itself best.
        if (_node.Shards.Current.Contains(shard)) return Array.FindIndex(members, member => member.Address == Cluster.Get(_akka.System).SelfAddress);
        int place = Array.FindIndex(told, status => status is not null && status.Shards.Contains(shard));
        return place >= 0 ? place : PlaceOf(_node.Addresses.HolderOf(shard), members);
    }

    /// <summary>Shards follow addresses, so who has the address has the shard, or will have it soon.</summary>
    private static int PlaceOf(string? holder, Member[] members) =>
        holder is null ? -1 : Array.FindIndex(members, member => NodeKey.IsAt(holder, member.Address));

    /// <summary>
    /// Empties a node, so that it may be stopped and no peer notices: its service addresses, the SAs of their tunnels and its shards go to the others. Returns when it is done; where it
    /// cannot be the node serves on as before, and the outcome says why.
    /// </summary>
    /// <param name="name">Of which node; null: of this one.</param>
    /// <param name="wish">What is wanted.</param>
    /// <param name="cancel">Gives up waiting; what was begun goes on.</param>
    /// <exception cref="RequestRefusedException">There is no such node, or it does not answer.</exception>
    public async Task<DrainOutcome> DrainAsync(string? name, DrainWish wish, CancellationToken cancel = default)
    {
        Cluster cluster = Cluster.Get(_akka.System);
        Member? member = name is null ? cluster.SelfMember : cluster.State.Members.FirstOrDefault(member => NodeNames.Of(member) == name || TextOf(member) == name);
        if (member is null) throw new RequestRefusedException($"there is no node '{Printable.Text(name!)}': concentrator cluster status names them");
        try
        {
            object answer = await _node.Actors.Neighbours!.DrainOf(member.Address).Ask(new DrainNode(wish), wish.Patience + DrainSlack, cancel).ConfigureAwait(false);
            return (answer as NodeDrained)?.Outcome ?? throw new RequestRefusedException($"{TextOf(member)} runs a version that cannot");
        }
        catch (AskTimeoutException)
        {
            throw new RequestRefusedException($"{TextOf(member)} does not answer: concentrator cluster status says how it is");
        }
    }
}
