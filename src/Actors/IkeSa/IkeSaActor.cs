using Akka.Actor;
using Concentrator.Actors.Connections;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// One lineage of IKE SAs: a sharded entity around an <see cref="IkeSession"/>. It feeds the session what happens, performs the effects in
/// order, and supervises one actor per CHILD_SA. It blocks on nothing. When the IKE SA is over it waits until its children have
/// left the kernel and asks to be passivated. A failure of its own, or of a child, ends the IKE SA: half-used keys are not restarted.
/// </summary>
internal sealed partial class IkeSaActor : UntypedActor
{
    private readonly NodeContext _node;
    private readonly SessionId _session;
    private readonly int _number;
    private readonly IkeSaNarrator _narrator;
    private readonly SessionTimers _timers;
    private readonly SessionEntry? _entry;
    private readonly IkeSession _ikeSa;
    private LogSubject? _subject;
    private IkeSaSnapshot? _shown;
    private DateTimeOffset? _establishedAt;
    private DateTimeOffset? _keyedAt;
    private DateTimeOffset? _rekeyAt;
    private bool _awaitsKernel;

    public IkeSaActor(NodeContext node, string entityId)
    {
        _node = node;
        _session = SessionId.Parse(entityId);
        _timers = new SessionTimers(Context.System.Scheduler, Self);
        _narrator = new IkeSaNarrator(node.Log, node.Events, node.Time);
        bool lives = node.Sessions.TryFind(_session, out _entry);
        RestoredSession? restored = _entry?.Take();
        _ikeSa = restored?.IkeSa ?? new IkeSession(node.Session, _session.Spi().Value);
        if (!lives) return;
        _number = restored?.Number ?? node.IkeSaNumbers.Next();
        if (restored is not null) Resume(restored);
    }

    private IkeSaName Name => new(_session, _ikeSa.Name, _number);

    public static Props Props(NodeContext node, string entityId) =>
        Akka.Actor.Props.Create(() => new IkeSaActor(node, entityId)).WithMailbox(ClusterSettings.LeanMailbox);

    // A child's failure reaches us as its Terminated: whoever dies without having been told to takes the IKE SA along.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        if (_entry is null) Passivate();
        if (!_isResumed) return;
        Happen(new TakeOver(RekeyPace.After(_node.Sessions.Count)));
        if (!IsOver) FollowItsAddress();
    }

    protected override void OnReceive(object message)
    {
        using LogSubject.Turn turn = LogSubject.Enter(_subject);
        if (IsOver)
        {
            ReceiveWhenOver(message);
            return;
        }

        switch (message)
        {
            case DeliverDatagram delivered:
                Receive(delivered);
                break;
            case DeliverInput delivered:
                Happen(delivered.Input);
                break;
            case SessionInput input:
                Happen(input);
                break;
            case TimersRing:
                while (!IsOver && _timers.TryTakeDue(_node.Now, out SessionTimer? due)) Happen(new TimerElapsed(due.Value));
                break;
            case Terminated { ActorRef: var kernel } when !kernel.Path.Parent.Equals(Self.Path):
                LoseIngress(kernel);
                break;
            case Terminated terminated:
                LoseChild(terminated.ActorRef);
                break;
            case SaveOutcome outcome:
                Guard(() => TakeOutcome(outcome));
                break;
            case RewriteSession rewrite:
                Guard(() => Rewrite(rewrite));
                break;
            case FollowAddress:
                FollowItsAddress();
                break;
            // To be woken was all.
            case WakeSession:
                break;
            case DrainSession:
                Drain();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _timers.CancelAll();
        _linger?.Cancel();
        _drainGrace?.Cancel();
        if (_awaitsKernel) Context.System.EventStream.Unsubscribe(Self);
        if (_entry is not null && !IsOver) LeaveUnfinished();
        _ikeSa.Dispose();
    }

    /// <summary>The one way into the session.</summary>
    private void Happen(SessionInput input) => Guard(() =>
    {
        NoteFinished(input);
        if (input is ChildRefused { Verdict.Retry: RetryAdvice.WhenKernelRecovers }) AwaitKernel();
        IReadOnlyList<SessionEffect> effects = _ikeSa.Handle(input, _node.Now);
        // Who hears of what happened finds it so.
        Show();
        PerformInOrder(effects);
        Show();
    });

    /// <summary>What is thrown here is our bug: the IKE SA ends, the actor does not restart.</summary>
    private void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            _node.Log.Ike.IkeSaFailed(bug, Name);
            if (!IsOver) End(EndReason.Failed);
        }
    }

    private void Perform(SessionEffect effect)
    {
        switch (effect)
        {
            case Transmit transmit:
                _node.Send(transmit.Message, transmit.Path, NodeFor(transmit.Path));
                break;
            case TransmitKeepalive keepalive:
                _node.Send(default, keepalive.Path, NodeFor(keepalive.Path));
                break;
            case ArmTimer arm:
                _timers.Arm(arm.Timer, arm.Delay, _node.Now);
                if (arm.Timer.Kind == TimerKind.IkeRekey) _rekeyAt = _node.Time.GetUtcNow() + arm.Delay;
                else if (arm.Timer.Kind == TimerKind.ChildRekey) _entry!.ShowRekey(arm.Timer.Number, _node.Time.GetUtcNow() + arm.Delay);
                break;
            case CancelTimer cancel:
                _timers.Cancel(cancel.Timer);
                break;
            case StartChild start:
                StartChild(start.Plan);
                break;
            case TellChild tell:
                TellChild(tell.ChildId, tell.Command);
                break;
            case ValidateCertificates validate:
                // The answer comes back as an input, to whoever we are then: an IKE SA that is over by then does not hear it.
                _node.Certificates.JudgeAsync(validate.Question).PipeTo(Self);
                break;
            case LeaseAddresses lease:
                _asksForLeases = true;
                _node.Actors.Pools.Tell(new LeaseFor(_session, lease), Self);
                break;
            case ReleaseAddresses:
                ReleaseLeases();
                break;
            case UseAddresses use:
                _hasVirtualAddresses = true;
                _node.Actors.Kernel.Tell(new AddVirtualAddresses(use.Addresses, use.Path.Local.Address), Self);
                break;
            case DropAddresses:
                DropVirtualAddresses();
                break;
            case AskForTraffic:
                AskKernelForTraffic();
                break;
            case ChildServed served:
                _node.Actors.Connections.Tell(new TrafficServed(_session, _ikeSa.Name, served.Name, served.IsUp));
                break;
            case LeaveTrap trap:
                LeaveTrap(trap);
                break;
            case CallAnew call:
                _node.Actors.Connections.Tell(new CallAgain(_session, call.Connection, call.Children, call.Path));
                break;
            case CallElsewhere call:
                _node.Actors.Connections.Tell(new CallGateway(_session, call));
                break;
            case AnnounceEstablished announce:
                Announce(announce);
                break;
            case Report report:
                FollowIngress(report.Event);
                if (report.Event is DatagramDropped dropped) _node.Drops.Count(dropped.Reason);
                _narrator.Tell(Name, report.Event);
                break;
            case Ended ended:
                End(ended.Reason);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect, "An effect that the actor does not know.");
        }
    }

    private void Announce(AnnounceEstablished announce)
    {
        _isAnnounced = true;
        _node.Actors.Router.Tell(new SessionSettled(_session));
        _node.Actors.Connections.Tell(
            new SessionEstablished(_session, _ikeSa.Name, announce.Local, announce.Remote, announce.Unique, announce.ReplaceOthers, _ikeSa.Path?.Remote.Address)
            {
                Age = announce.Age,
                IsResumed = announce.IsResumed,
            });
    }

    private void AwaitKernel()
    {
        if (_awaitsKernel) return;
        _awaitsKernel = Context.System.EventStream.Subscribe(Self, typeof(KernelRecovered));
    }

    private void Show()
    {
        if (_ikeSa.State == IkeSaState.Established)
        {
            _establishedAt ??= _node.Time.GetUtcNow();
            if (_keyedAt is null || _shown?.LocalSpi != _ikeSa.LocalSpi) _keyedAt = _node.Time.GetUtcNow();
        }

        if (_shown is not null && _shown.State == _ikeSa.State && _shown.RekeyAt == _rekeyAt && _shown.LocalSpi == _ikeSa.LocalSpi && _shown.RemoteSpi == _ikeSa.RemoteSpi && _shown.Name == _ikeSa.Name
            && _shown.LocalVirtual == _ikeSa.VirtualAddresses && _shown.RemoteVirtual == _ikeSa.PeerAddresses
            && Equals(_shown.Local, _ikeSa.Path?.Local) && Equals(_shown.Remote, _ikeSa.Path?.Remote)) return;
        IkeSaSnapshot? before = _shown;
        _shown = IkeSaSnapshot.Of(_session, _number, _ikeSa) with { EstablishedAt = _establishedAt, KeyedAt = _keyedAt, RekeyAt = _rekeyAt };
        _entry?.Show(_shown);
        LogSubject.Change(_subject = Subject());
        if (before is not null) TellMove(before);
    }

    /// <summary>The port of NAT traversal is taken before an IKE SA is established: that is no move.</summary>
    private void TellMove(IkeSaSnapshot before)
    {
        if (before is not { EstablishedAt: not null, Local: { } local, Remote: { } remote } || _ikeSa.Path is not { } path) return;
        if (!_node.Events.IsObserved || (local.Equals(path.Local) && remote.Equals(path.Remote))) return;
        _node.Events.Publish(new IkeSaMoved(_node.Time.GetUtcNow(), Name, local, remote));
    }

    private LogSubject Subject() => new(Name, Child: null, _ikeSa.Path?.Remote);
}
