using Akka.Actor;
using Akka.Cluster;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Placement;

/// <summary>
/// One per node: sees to it that every shard lives somewhere, though no message asks for it. At start, when a member has gone, and from time to time it wakes the
/// anchors of those that do not live here.
/// </summary>
internal sealed class ShardKeeper(NodeContext node) : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node) => Akka.Actor.Props.Create(() => new ShardKeeper(node));

    protected override void PreStart()
    {
        Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(nameof(Wake), Wake.Instance, TimeSpan.Zero, Period);
    }

    protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Wake or ClusterEvent.MemberRemoved:
                WakeAll();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void WakeAll()
    {
        LocalShards here = node.Shards.Current;
        for (int shard = 0; shard < SessionId.ShardCount; shard++)
        {
            if (!here.Contains((byte)shard)) node.Actors.Sessions.Tell(new WakeShard((byte)shard));
        }
    }

    private sealed record Wake : INoSerializationVerificationNeeded
    {
        public static Wake Instance { get; } = new();
    }
}
