using Concentrator.Actors.Draining;

namespace Concentrator.Actors.Node;

/// <summary>Who knows of the cluster what operators want to see. Safe from any thread, and quick: it looks at what is known here and asks nobody.</summary>
public interface IClusterView
{
    ClusterMap GetClusterMap();
}

/// <summary>The cluster as this node sees it. <see cref="Shards"/>: for each shard the place of its node in <see cref="Nodes"/>; -1: not known here.</summary>
public sealed record ClusterMap(IReadOnlyList<ClusterMember> Nodes, IReadOnlyList<int> Shards)
{
    /// <summary>How many IKE SAs there are in each shard, as far as the nodes have told.</summary>
    public required IReadOnlyList<int> IkeSasByShard { get; init; }
}

/// <summary>A member of the cluster. <see cref="Status"/> is Akka's: Joining, Up, Leaving, Exiting, Down, Removed.</summary>
public sealed record ClusterMember(string Address, string Status, bool IsSelf, bool IsReachable)
{
    /// <summary>Its name in the cluster.</summary>
    public string Name { get; init; } = "";

    /// <summary>Addresses that the cluster serves and this node holds, or without such the ones that it listens on.</summary>
    public IReadOnlyList<string> ServiceAddresses { get; init; } = [];

    /// <summary>Null: not told.</summary>
    public DrainState? Drain { get; init; }

    /// <summary>Null: not told.</summary>
    public NodeLoad? Load { get; init; }
}

/// <summary>How busy a node is. <see cref="ProcessorTime"/> is of the whole process since it began, <see cref="Memory"/> its resident octets.</summary>
public sealed record NodeLoad(int IkeSas, int ChildSas, TimeSpan ProcessorTime, int Processors, long Memory);
