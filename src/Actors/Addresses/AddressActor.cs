using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Addresses;

/// <summary>
/// One per node: tells the IKE SAs, and who has traps, that addresses or routes of this host have changed. Of routes alone only those IKE SAs hear that
/// choose the way, and nobody more often than once a second. Does not own the source.
/// </summary>
internal sealed class AddressActor(NodeContext node, IAddressSource source) : UntypedActor, IWithTimers
{
    private static readonly TimeSpan RoutePause = TimeSpan.FromSeconds(1);

    private IActorRef _self = ActorRefs.Nobody;
    private bool _isPausing;
    private bool _hasMissedRoutes;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node, IAddressSource source) => Akka.Actor.Props.Create(() => new AddressActor(node, source));

    protected override void PreStart()
    {
        _self = Self;
        source.Changed += Pass;
    }

    protected override void PostStop() => source.Changed -= Pass;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Happened { AddressesAreOthers: true }:
                node.Log.Net.AddressesChanged(string.Join(", ", source.Current));
                Tell(_ => true);
                break;
            case Happened when _isPausing:
                _hasMissedRoutes = true;
                break;
            case Happened:
                TellOfRoutes();
                break;
            case PauseOver:
                _isPausing = false;
                if (_hasMissedRoutes) TellOfRoutes();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void TellOfRoutes()
    {
        _hasMissedRoutes = false;
        _isPausing = true;
        Timers.StartSingleTimer(nameof(PauseOver), PauseOver.Instance, RoutePause);
        Tell(entry => entry.IsInitiator);
    }

    private void Tell(Func<SessionEntry, bool> concerns)
    {
        AddressesChanged changed = new();
        foreach (SessionEntry entry in node.Sessions.Entries.Where(concerns)) node.Actors.Sessions.Tell(new DeliverInput(entry.Session, changed));
        node.Actors.Connections.Tell(changed);
    }

    /// <summary>On the source's thread.</summary>
    private void Pass(bool addressesAreOthers) => _self.Tell(new Happened(addressesAreOthers), ActorRefs.NoSender);

    private sealed record Happened(bool AddressesAreOthers) : INoSerializationVerificationNeeded;

    private sealed record PauseOver : INoSerializationVerificationNeeded
    {
        public static PauseOver Instance { get; } = new();
    }
}
