using Akka.Actor;
using Akka.Cluster.Sharding;
using Concentrator.Actors.Connections;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// The end of an IKE SA: leave the directory, see the children out of the kernel, ask the shard to be passivated. What arrives meanwhile is for the next
/// IKE SA of this name, if any, and goes through the shard region once more.
/// </summary>
internal sealed partial class IkeSaActor
{
    private const int MostLateMessages = 16;
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DrainGrace = TimeSpan.FromSeconds(3);

    private readonly List<ISessionMessage> _late = [];
    private EndReason? _endReason;
    private ICancelable? _linger;
    private ICancelable? _drainGrace;
    private bool _passivating;
    private bool _draining;

    private bool IsOver => _endReason is not null || _entry is null;

    private void End(EndReason reason)
    {
        Leave(reason);
        _timers.CancelAll();
        foreach ((uint childId, IActorRef child) in _children)
        {
            if (!_finishedChildren.Contains(childId)) child.Tell(new RemoveChild("the IKE_SA is over"));
        }

        if (_children.Count == 0) Passivate();
        else _linger = Context.System.Scheduler.ScheduleTellOnceCancelable(Linger, Self, LingerSpent.Instance, Self);
    }

    /// <summary>From here on nobody finds this IKE SA any more.</summary>
    private void Leave(EndReason reason)
    {
        _endReason = reason;
        _narrator.TellEnd(Name, reason, _establishedAt is not null);
        _node.Sessions.Remove(_entry!);
        Forget();
        if (_isResumed) _node.Actors.Kernel.Tell(new ReleaseRestored(_session));
        // Whoever goes on with the session has its leases.
        if (reason != EndReason.TakenOver) ReleaseLeases();
        DropVirtualAddresses();
        _node.Actors.Router.Tell(new SessionSettled(_session));
        _node.Actors.Connections.Tell(new SessionOver(_session, reason, _establishedAt is not null));
    }

    /// <summary>
    /// This actor ends, the session does not: its shard was stopped with the node's membership, while whoever goes on with the cluster goes on with it. What is stored is theirs.
    /// </summary>
    private void LeaveUnfinished()
    {
        _isHandedOver |= _hasRow;
        Leave(_hasRow ? EndReason.TakenOver : EndReason.Failed);
    }

    private void ReceiveWhenOver(object message)
    {
        switch (message)
        {
            case Terminated { ActorRef: var kernel } when !kernel.Path.Parent.Equals(Self.Path):
                break;
            case Terminated terminated:
                LoseChild(terminated.ActorRef);
                if (_children.Count == 0) Passivate();
                break;
            case ChildReport report:
                NoteFinished(report);
                break;
            case LingerSpent when !_passivating:
                _node.Log.Ike.ChildrenLinger(Name);
                Passivate();
                break;
            case ISessionMessage late:
                ReceiveLate(late);
                break;
            case StopSession:
                Context.Stop(Self);
                break;
            case DrainSession:
                _draining = true;
                if (_passivating) Context.Stop(Self);
                break;
        }
    }

    private void ReceiveLate(ISessionMessage late)
    {
        if (!_node.Sessions.Contains(_session))
        {
            // The gate let it pass while we were in the directory: it shall judge once more. An IKE_SA_INIT may begin anew.
            if (late is not DeliverDatagram delivered) return;
            _node.ToRouter(delivered.Datagram);
        }
        else if (_late.Count < MostLateMessages)
        {
            _late.Add(late);
            if (_passivating) SendOn();
        }
    }

    private void Passivate()
    {
        if (_passivating) return;
        _passivating = true;
        _linger?.Cancel();
        // A shard that moves has no ear for Passivate: it waits for our end alone.
        if (_draining) Context.Stop(Self);
        else Context.Parent.Tell(new Passivate(StopSession.Instance));
        SendOn();
    }

    /// <summary>The shard has read our Passivate before these, so it keeps them for the next incarnation.</summary>
    private void SendOn()
    {
        foreach (ISessionMessage message in _late) _node.Actors.Sessions.Tell(message);
        _late.Clear();
    }

    /// <summary>The shard leaves this node: what is stored goes on elsewhere, the rest is closed, not lost.</summary>
    private void Drain()
    {
        _draining = true;
        // Others go on with it, from what was stored last; also while the store is away, if that is all there is.
        if (_node.KeepsRows || (_node.Store is { Board.IsAvailable: false } && _isAnnounced && _entry!.Stored.IsCurrent))
        {
            Context.Stop(Self);
            return;
        }

        if (TryHandOver()) return;
        Happen(new Close(EndReason.DeletedByUs));
        if (IsOver) return;
        _drainGrace = Context.System.Scheduler.ScheduleTellOnceCancelable(DrainGrace, Self, new Abandon(EndReason.DeletedByUs), Self);
    }

    private sealed record LingerSpent : INoSerializationVerificationNeeded
    {
        public static LingerSpent Instance { get; } = new();
    }
}
