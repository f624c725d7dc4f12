using Akka.Actor;
using Akka.Cluster;
using Concentrator.Actors.Node;

namespace Concentrator.Actors.Store;

/// <summary>
/// Tells the store whom the cluster goes on without. A shard of theirs begins elsewhere when all that remain have seen that, so it is noted in the database before anybody claims it: one that
/// only stood still, with a claim in its hands, takes nothing back.
/// </summary>
internal sealed class FenceActor(NodeContext node) : UntypedActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public static Props Props(NodeContext node) => Akka.Actor.Props.Create(() => new FenceActor(node));

    protected override void PreStart()
    {
        node.Actors.Store.Tell(new ThisMember(_cluster.SelfUniqueAddress.Uid));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberDowned));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is not ClusterEvent.MemberDowned { Member.UniqueAddress: var downed }) Unhandled(message);
        else if (downed != _cluster.SelfUniqueAddress) node.Actors.Store.Tell(new MemberGivenUp(downed.Uid));
    }
}
