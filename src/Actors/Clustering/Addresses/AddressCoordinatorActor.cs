using Akka.Actor;
using Akka.Cluster;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>One per node; the one that the nodes report to, the oldest that can be reached, decides. See <see cref="AddressLedger"/> for why there may be two.</summary>
internal sealed class AddressCoordinatorActor : UntypedActor
{
    public const string Name = "address-coordinator";

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly Func<TimeSpan> _now;
    private readonly AddressLedger _ledger;

    public AddressCoordinatorActor(Func<TimeSpan> now)
    {
        _now = now;
        _ledger = new AddressLedger(NodeKey.Of(_cluster.SelfUniqueAddress));
    }

    public static Props Props(Func<TimeSpan> now) => Akka.Actor.Props.Create(() => new AddressCoordinatorActor(now));

    /// <summary>Whom a node reports to.</summary>
    public static Member? CoordinatorOf(ClusterEvent.CurrentClusterState state)
    {
        Member? oldest = null;
        foreach (Member member in state.Members)
        {
            if (Counts(member) && !state.Unreachable.Contains(member) && (oldest is null || member.IsOlderThan(oldest))) oldest = member;
        }

        return oldest;
    }

    protected override void OnReceive(object message)
    {
        if (message is not AddressReport report)
        {
            Unhandled(message);
            return;
        }

        string[] members = [.. _cluster.State.Members.Where(Counts).Select(member => NodeKey.Of(member.UniqueAddress))];
        Sender.Tell(_ledger.Take(report, members, _now()));
    }

    // Those that are on their way out count until they are gone: they may still have addresses.
    private static bool Counts(Member member) => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting;
}
