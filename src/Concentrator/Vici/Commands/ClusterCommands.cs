using System.Globalization;
using Concentrator.Actors.Node;

namespace Concentrator.Vici.Commands;

/// <summary><c>cluster-status</c>: the members, what they hold, and which shards are where, as this node knows it. Ours; charon has no such command.</summary>
internal sealed class ClusterCommands(IClusterView cluster)
{
    public ViciWriter Status()
    {
        ClusterMap map = cluster.GetClusterMap();
        ViciWriter writer = ViciWriter.Response();
        for (int place = 0; place < map.Nodes.Count; place++)
        {
            ClusterMember member = map.Nodes[place];
            writer.Begin(member.Address)
                .Put("name", member.Name)
                .Put("status", member.Status)
                .Put("self", member.IsSelf ? "yes" : "no")
                .Put("reachable", member.IsReachable ? "yes" : "no")
                .Put("shards", map.Shards.Count(shard => shard == place))
                .List("addresses", member.ServiceAddresses);
            if (member.Drain is { } drain) writer.Put("drain", drain.ToString());
            if (member.Load is { } load)
            {
                writer.Put("ike-sas", load.IkeSas.ToString(CultureInfo.InvariantCulture)).Put("child-sas", load.ChildSas.ToString(CultureInfo.InvariantCulture))
                    .Put("processor-seconds", load.ProcessorTime.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)).Put("memory", load.Memory.ToString(CultureInfo.InvariantCulture));
            }

            writer.End();
        }

        return writer;
    }
}
