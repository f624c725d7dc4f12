using Akka.Cluster;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Node;

public sealed partial class ConcentratorNode : IClusterView
{
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
                ServiceAddresses = place == self ? [.. Endpoints.Where(endpoint => endpoint.Port == Endpoints[0].Port).Select(endpoint => new HostPort(endpoint).ToString())] : [],
                Load = place == self ? new NodeLoad(ikeSas.Sum(), childSas, Environment.CpuUsage.TotalTime, Environment.ProcessorCount, Environment.WorkingSet) : null,
            })],
            [.. Enumerable.Range(0, SessionId.ShardCount).Select(shard => here.Contains((byte)shard) ? self : -1)])
        {
            IkeSasByShard = ikeSas,
        };
    }
}
