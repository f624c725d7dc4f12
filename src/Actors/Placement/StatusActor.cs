using System.Collections.Concurrent;
using Akka.Actor;
using Concentrator.Actors.Draining;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Messages;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Placement;

/// <summary>How a node is, told by itself. <see cref="Node"/>: HOST:PORT of the cluster; <see cref="Memory"/>: resident octets.</summary>
internal sealed record NodeStatus(
    string Node, DrainState Drain, int IkeSas, int ChildSas, TimeSpan ProcessorTime, int Processors, long Memory, LocalShards Shards, IReadOnlyList<int> IkeSasByShard) : INodeMessage;

/// <summary>What the other nodes have told of themselves last. Safe from any thread.</summary>
internal sealed class StatusBoard
{
    /// <summary>What is older says nothing any more.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (NodeStatus Status, TimeSpan At)> _told = new();

    public void Note(NodeStatus status, TimeSpan now)
    {
        _told[status.Node] = (status, now);
        foreach ((string node, (NodeStatus, TimeSpan At) told) in _told)
        {
            if (told.At + Freshness < now) _told.TryRemove(node, out _);
        }
    }

    /// <summary>Null: it has not told for a while.</summary>
    public NodeStatus? Of(string node, TimeSpan now) => _told.TryGetValue(node, out (NodeStatus Status, TimeSpan At) told) && told.At + Freshness >= now ? told.Status : null;
}

/// <summary>One per node: tells the others once a second how this node is, and notes what they tell. Where newcomers are balanced, it says where they go.</summary>
internal sealed class StatusActor(NodeContext node) : UntypedActor, IWithTimers
{
    private const int LeastDifference = 20;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node) => Akka.Actor.Props.Create(() => new StatusActor(node));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tell), Tell.Instance, TimeSpan.Zero, Period);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tell:
                TellAll();
                break;
            case NodeStatus status:
                node.Statuses.Note(status, node.Now);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void TellAll()
    {
        if (node.Actors.Neighbours is not { } neighbours) return;
        // Where those go who come to a node that is being drained is the drain's affair.
        if (node.Options.BalancesNewcomers && node.Drain == DrainState.Serving) Balance(neighbours);
        NodeStatus? own = null;
        foreach (Address other in neighbours.Others) neighbours.StatusOf(other).Tell(own ??= Of(node, $"{neighbours.Self.Host}:{neighbours.Self.Port}"), Self);
    }

    /// <summary>
    /// A client that was sent on is not sent back: that takes as large a difference the other way round, and where two nodes know each other's number late, the router lets it stay. The router
    /// is told each time, for a drain that came to nothing has told it otherwise.
    /// </summary>
    private void Balance(Neighbours neighbours)
    {
        int here = node.Sessions.Count;
        GatewayIdentity? to = null;
        int fewest = here - Math.Max(LeastDifference, here / 10);
        foreach (Address other in neighbours.Others)
        {
            if (node.Statuses.Of($"{other.Host}:{other.Port}", node.Now) is not { Drain: DrainState.Serving } status || status.IkeSas >= fewest) continue;
            if (node.Addresses.HeldBy(other).FirstOrDefault() is not { } address) continue;
            (fewest, to) = (status.IkeSas, GatewayIdentity.Of(address));
        }

        node.Actors.Router.Tell(new RedirectNewcomers(to) { OnlyOnce = true });
    }

    /// <summary>How a node is now.</summary>
    public static NodeStatus Of(NodeContext node, string name)
    {
        int[] byShard = new int[SessionId.ShardCount];
        int childSas = 0;
        foreach (SessionEntry entry in node.Sessions.Entries)
        {
            byShard[entry.Session.Shard]++;
            childSas += entry.ChildCount;
        }

        return new NodeStatus(
            name, node.Drain, byShard.Sum(), childSas, Environment.CpuUsage.TotalTime, Environment.ProcessorCount, Environment.WorkingSet, node.Shards.Current, byShard);
    }

    private sealed record Tell : INoSerializationVerificationNeeded
    {
        public static Tell Instance { get; } = new();
    }
}
