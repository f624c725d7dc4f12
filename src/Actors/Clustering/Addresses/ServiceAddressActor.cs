using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Draining;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>Give up all service addresses, and take none any more. Answered with <see cref="AddressesGone"/> when whoever can has them.</summary>
internal sealed record DrainAddresses : INoSerializationVerificationNeeded
{
    public static DrainAddresses Instance { get; } = new();
}

internal sealed record AddressesGone : INoSerializationVerificationNeeded
{
    public static AddressesGone Instance { get; } = new();
}

/// <summary>
/// One per node: has the service addresses that the coordinator gives to this node, on the kernel's clock (<see cref="IServiceAddresses"/>), and tells the neighbours.
/// On a thread of its own, for rtnetlink works while it is asked. Owns the addresses: with it they go.
/// </summary>
/// <remarks>Parts: having addresses here, Leaving (giving them up to nodes that are prepared).</remarks>
internal sealed partial class ServiceAddressActor : UntypedActor, IWithTimers
{
    private const int Announcements = 4;
    private const int LeadAtOnce = 25;
    private static readonly TimeSpan LeadPeriod = TimeSpan.FromMilliseconds(100);

    private readonly NodeContext _node;
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly Func<IServiceAddresses> _open;
    private readonly AddressTenant _tenant;
    private readonly Dictionary<IPAddress, ServiceAddress> _known;
    private readonly Dictionary<IPAddress, int> _toAnnounce = [];
    private readonly Dictionary<IPAddress, string> _faults = [];

    /// <summary>Sessions in another address's shard, whose data are to follow theirs.</summary>
    private readonly Queue<SessionId> _following = [];
    private IServiceAddresses? _addresses;
    private IActorRef? _waiting;

    public ServiceAddressActor(NodeContext node, Func<IServiceAddresses> open)
    {
        _node = node;
        _open = open;
        _known = node.Options.ServiceAddresses.DistinctBy(one => one.Address).ToDictionary(one => one.Address);
        _tenant = new AddressTenant(NodeKey.Of(_cluster.SelfUniqueAddress), [.. _known.Keys], node.Now) { HandsOver = node.Store is not null };
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node, Func<IServiceAddresses> open) => Akka.Actor.Props.Create(() => new ServiceAddressActor(node, open));

    protected override void PreStart()
    {
        try
        {
            _addresses = _open();
        }
        catch (XfrmException refused)
        {
            _node.Log.Clu.ServiceAddressRefused($"this node can have none: {refused.Message}");
            Context.Stop(Self);
            return;
        }

        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.Zero, AddressLease.ReportPeriod);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                Apply(_tenant.Expire(_node.Now));
                Announce();
                GiveUpLeaving();
                Report();
                break;
            case AddressGrant grant:
                Follow(grant);
                break;
            case LeaveAddresses leave:
                Leave(leave);
                break;
            case StayWithAddresses:
                _tenant.IsLeaving = false;
                break;
            case AddressPrepared prepared:
                Give(prepared);
                break;
            case AddressFreed freed:
                Expect(freed.Address);
                break;
            case ReportSoon soon:
                Expect(soon.Address, soon.Left);
                break;
            case LeadOn:
                LeadSome();
                break;
            case LingerOver over:
                _addresses!.StopLingering(over.Address);
                break;
            case DrainAddresses:
                _tenant.IsDraining = true;
                _waiting = Sender;
                Apply(_tenant.Clear());
                Report();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        if (_addresses is null) return;
        Apply(_tenant.Clear());
        _addresses.Dispose();
    }

    private void Report()
    {
        if (AddressCoordinatorActor.CoordinatorOf(_cluster.State) is not { } coordinator) return;
        Context.ActorSelection(new RootActorPath(coordinator.Address) / "user" / AddressCoordinatorActor.Name)
            .Tell(_tenant.Report(NodeKey.Of(coordinator.UniqueAddress), _node.Now), Self);
    }

    private void Follow(AddressGrant grant)
    {
        if (grant.IsDecided)
        {
            _node.Addresses.Heirs = grant.Heirs;
            Believe(grant.Holders);
        }

        List<AddressChange> changes = _tenant.Take(grant, _node.Now);
        Apply(changes);
        if (grant.IsDecided) HandOver();
        // The next holder waits for this.
        if (changes.Exists(change => change.Life is null)) Report();
        if (grant.IsDecided && _tenant.IsDraining && HaveGone(grant)) _waiting?.Tell(AddressesGone.Instance);
    }

    /// <summary>To whoever can have them. Where this node coordinates, the next one would wait for a lease before it gave out what nobody has.</summary>
    private bool HaveGone(AddressGrant grant) => !grant.Holders.Values.Contains(NodeKey.Of(_cluster.SelfUniqueAddress)) && !grant.Heirs.Keys.Any(_known.ContainsKey);

    private void Apply(List<AddressChange> changes)
    {
        foreach (AddressChange change in changes)
        {
            ServiceAddress address = _known[change.Address];
            if (change.Life is { } life) Have(address, life, change.IsNew);
            else Drop(address);
        }

        // This process may have stood still between the reckoning and the kernel.
        List<AddressChange> late = _tenant.Expire(_node.Now);
        if (late.Count > 0) Apply(late);
        _node.Addresses.Here = [.. _tenant.Held];
        ConcludeLeaving();
    }

    private void Have(ServiceAddress address, TimeSpan life, bool isNew)
    {
        if (_addresses!.Lease(address, life, isNew) is { } fault)
        {
            _tenant.Refuse(address.Address, _node.Now);
            if (_faults.GetValueOrDefault(address.Address) != fault) _node.Log.Clu.ServiceAddressRefused(fault);
            _faults[address.Address] = fault;
            return;
        }

        if (!isNew) return;
        _faults.Remove(address.Address);
        _node.Log.Clu.ServiceAddressHere(address);
        RenewChildrenAt(address.Address);
        _toAnnounce[address.Address] = Announcements;
        Announce(address);
    }

    /// <summary>
    /// The address was elsewhere for a moment, its sessions were not: who had their SAs there has sent under later numbers, so the peers take nothing more of theirs.
    /// </summary>
    private void RenewChildrenAt(IPAddress address)
    {
        LocalShards shards = _node.Addresses.ShardsOf(address);
        foreach (SessionEntry entry in _node.Sessions.Entries.Where(one => one.IsTaken && one.State == IkeSaState.Established && shards.Contains(one.Session.Shard)))
        {
            foreach (ChildSaSnapshot child in entry.Snapshot().Children.Where(one => one.State == ChildSaState.Installed))
                _node.Actors.Sessions.Tell(new DeliverInput(entry.Session, new RekeyChild(child.ChildId)));
        }
    }

    /// <summary>Who has what, and where the sessions of this node that live in another address's shard are reached from now on.</summary>
    private void Believe(IReadOnlyDictionary<IPAddress, string> holders)
    {
        IReadOnlyDictionary<IPAddress, string> before = _node.Addresses.Holders, now = Corrected(holders);
        _node.Addresses.Holders = now;
        HashSet<IPAddress> moved = [.. now.Where(one => before.GetValueOrDefault(one.Key) != one.Value).Select(one => one.Key)];
        if (moved.Count == 0) return;
        foreach (SessionEntry entry in _node.Sessions.Entries.Where(one => one.IsTaken && one.Local is { } local && moved.Contains(local.Address) && _node.Addresses.IsForeign(one.Session.Shard, local.Address)))
            _following.Enqueue(entry.Session);
        if (_following.Count > 0) Timers.StartPeriodicTimer(nameof(LeadOn), LeadOn.Instance, LeadPeriod);
    }

    /// <summary>So many at a time as both kernels can move well before anybody's patience ends.</summary>
    private void LeadSome()
    {
        for (int i = 0; i < LeadAtOnce && _following.TryDequeue(out SessionId session); i++)
        {
            if (_node.Sessions.Contains(session)) _node.Actors.Sessions.Tell(new FollowAddress(session));
        }

        if (_following.Count == 0) Timers.Cancel(nameof(LeadOn));
    }

    private void Drop(ServiceAddress address)
    {
        _toAnnounce.Remove(address.Address);
        if (_addresses!.Remove(address) is { } fault) _node.Log.Clu.ServiceAddressRefused(fault);
        _node.Log.Clu.ServiceAddressGone(address);
    }

    /// <summary>Several times: a neighbour may miss one, or be told not to learn twice within a second.</summary>
    private void Announce()
    {
        foreach (IPAddress address in _toAnnounce.Keys.ToList()) Announce(_known[address]);
    }

    private void Announce(ServiceAddress address)
    {
        if (_addresses!.Announce(address) is { } fault) _node.Log.Clu.ServiceAddressRefused(fault);
        if (--_toAnnounce[address.Address] <= 0) _toAnnounce.Remove(address.Address);
    }

    private sealed record LeadOn : INoSerializationVerificationNeeded
    {
        public static LeadOn Instance { get; } = new();
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
