using Akka.Cluster;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Node;

public sealed partial class ConcentratorNode : IClusterView
{
    /// <summary>How many shards live here and are ready.</summary>
    public int ShardCount => _node.Shards.Current.Count;

    public ClusterMap GetClusterMap()
    {
        Cluster cluster = Cluster.Get(_akka.System);
        ClusterEvent.CurrentClusterState state = cluster.State;
        Member[] members = [.. state.Members];
        int self = Array.FindIndex(members, member => member.Address == cluster.SelfAddress);
        LocalShards here = _node.Shards.Current;
        int[] ikeSas = new int[SessionId.ShardCount];
        int childSas = 0;
        foreach (SessionEntry entry in _node.Sessions.Entries)
        {
            ikeSas[entry.Session.Shard]++;
            childSas += entry.ChildCount;
        }

        return new ClusterMap(
            [.. members.Select((member, place) => new ClusterMember(
                $"{member.Address.Host}:{member.Address.Port}", member.Status.ToString(), place == self, !state.Unreachable.Contains(member))
            {
                Name = NodeNames.Of(member),
                ServiceAddresses = !_node.Addresses.IsEmpty ? [.. _node.Addresses.HeldBy(member.Address).Select(address => address.ToString())] : place == self ? [.. Endpoints.Where(endpoint => endpoint.Port == Endpoints[0].Port).Select(endpoint => new HostPort(endpoint).ToString())] : [],
                Load = place == self ? new NodeLoad(ikeSas.Sum(), childSas, Environment.CpuUsage.TotalTime, Environment.ProcessorCount, Environment.WorkingSet) : null,
            })],
            [.. Enumerable.Range(0, SessionId.ShardCount).Select(shard => here.Contains((byte)shard) ? self : PlaceOf(_node.Addresses.HolderOf((byte)shard), members))])
        {
            IkeSasByShard = ikeSas,
        };
    }

    /// <summary>Shards follow addresses, so who has the address has the shard, or will have it soon.</summary>
    private static int PlaceOf(string? holder, Member[] members) =>
        holder is null ? -1 : Array.FindIndex(members, member => NodeKey.IsAt(holder, member.Address));
}
