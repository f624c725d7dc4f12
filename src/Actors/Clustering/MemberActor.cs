using Akka.Actor;
using Akka.Cluster;
using Concentrator.Actors.Node;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Concentrator.Actors.Clustering;

/// <summary>One per node, from the start: that it exists says to nodes that ask that there is one.</summary>
internal sealed class ContactActor : UntypedActor
{
    public const string Name = "contact";

    protected override void OnReceive(object message) => Unhandled(message);
}

/// <summary>One per node, from when it is a member: that it exists says so to nodes that ask, and it tells the log who comes and goes.</summary>
internal sealed class MemberActor(ILogger log) : UntypedActor
{
    public const string Name = "member";

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberUp up:
                Tell(up.Member, "is up");
                break;
            case ClusterEvent.MemberRemoved removed:
                Tell(removed.Member, removed.PreviousStatus == MemberStatus.Down ? "is given up" : "has left");
                break;
            case ClusterEvent.UnreachableMember unreachable:
                Tell(unreachable.Member, "does not answer");
                break;
            case ClusterEvent.ReachableMember reachable:
                Tell(reachable.Member, "answers again");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Tell(Member member, string change)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress) return;
        log.MemberChanged(Printable.Text(NodeNames.Of(member)), $"{member.Address.Host}:{member.Address.Port}", change, _cluster.State.Members.Count);
    }
}
