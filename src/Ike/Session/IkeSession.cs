using System.Buffers.Binary;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// One IKE SA as a state machine (RFC 7296): what happens goes in through <see cref="Handle"/>, what is to be done comes out as effects.
/// It has no clock, no socket, no thread and no randomness of its own, so two of them in memory can play every exchange.
/// Owned by one IKE_SA actor, used by one thread at a time, disposed by its owner. It knows nothing of the kernel:
/// children report what became of them. Absent in this version: EAP.
/// </summary>
/// <remarks>
/// The parts, one file each: Inbound (what may be looked at), Outbound (requests and their repetition), InitiateInit, AnswerInit,
/// InitiateAuth, AnswerAuth, OwnProof, PeerProof, RequestChild, AnswerChild, RekeyChild, Children, RekeyIke, AnswerIkeRekey, Informational, Liveness, Nat, Mapping,
/// Mobike, AnswerMobike, Roaming, Configuration (as gateway), VirtualAddresses (as client), Persisting, Export, Restore, TakeOver, Synchronization, Redirect, Ending.
/// </remarks>
public sealed partial class IkeSession : IDisposable
{
    private List<SessionEffect> _effects = [];
    private readonly SessionContext _context;
    private TimeSpan _now;
    private TimeSpan _lastHeard;
    private ConnectionConfig? _connection;

    /// <summary>The IKE SA in use.</summary>
    private IkeSa _sa;

    public IkeSession(SessionContext context, ulong localSpi)
        : this(context, new IkeSa(localSpi), incarnation: 0)
    {
    }

    /// <summary>Our SPI: the session id and its generation. A rekeying changes the generation.</summary>
    public ulong LocalSpi => _sa.LocalSpi;

    /// <summary>The first message of the IKE SA in use was ours: a rekeying by the other side turns that. <see cref="IsInitiator"/> is of the first of the lineage.</summary>
    public bool IsInitiatorOfCurrent => _sa.IsInitiator;

    /// <summary>The peer's SPI; 0 until known.</summary>
    public ulong RemoteSpi => _sa.RemoteSpi;

    /// <summary>We sent the IKE_SA_INIT request. Stays so whoever rekeys.</summary>
    public bool IsInitiator { get; private set; }

    public IkeSaState State { get; private set; }

    /// <summary>The connection's name; <c>(unnamed)</c> until the peer's identity has chosen one.</summary>
    public string Name => _connection?.Name ?? "(unnamed)";

    public Identity? LocalIdentity { get; private set; }

    public Identity? RemoteIdentity { get; private set; }

    /// <summary>Who the peer says it is, before it has proven that.</summary>
    private Identity? _claimedIdentity;

    /// <summary>Where requests of ours go; null until the first message.</summary>
    public IkePath? Path { get; private set; }

    /// <summary>The algorithms in use; null until IKE_SA_INIT has chosen them.</summary>
    public IkeSuite? Suite => _sa.Suite;

    /// <summary>
    /// Takes one input at time <paramref name="now"/> (any monotonic origin) and returns what is to be done, in order.
    /// The list is the caller's: an idle IKE SA keeps nothing of it. Never throws for anything a peer does.
    /// </summary>
    public IReadOnlyList<SessionEffect> Handle(SessionInput input, TimeSpan now)
    {
        _effects.Clear();
        _now = now;
        // An ending IKE SA waits for its children, for nothing else.
        if (State != IkeSaState.Destroyed && (_endTrigger is null || input is ChildReport)) Dispatch(input);
        RekeyBeforeMessageIdsEnd();
        SettleWriting();
        if (_effects.Count == 0) return [];
        List<SessionEffect> effects = _effects;
        _effects = [];
        return effects;
    }

    private void Dispatch(SessionInput input)
    {
        switch (input)
        {
            case DatagramReceived datagram:
                Receive(datagram.Datagram, datagram.Path);
                break;
            case TimerElapsed elapsed:
                OnTimer(elapsed.Timer);
                break;
            case ChildReport report:
                OnChildReport(report);
                break;
            case CertificatesJudged judged:
                OnCertificatesJudged(judged);
                break;
            case AddressesLeased leased:
                OnAddressesLeased(leased);
                break;
            case AddressesRefused refused:
                OnAddressesRefused(refused);
                break;
            case AddressesNotUsable refused:
                OnAddressesNotUsable(refused);
                break;
            case Initiate initiate:
                StartInit(initiate);
                break;
            case InitiateChild child:
                BringUpByOperator(child.Name);
                break;
            case ConnectionChanged changed:
                TakeChildrenOf(changed.Connection);
                break;
            case ServeTraffic serve:
                Serve(serve);
                break;
            case KernelRecovered:
                RetryWaitingChildren();
                break;
            case CloseChild close:
                CloseByOperator(close.ChildId);
                break;
            case ChildLost lost:
                LoseChild(lost.ChildId);
                break;
            case MappingChanged mapping:
                OnMappingChanged(mapping);
                break;
            case AddressesChanged:
                OnAddressesChanged();
                break;
            case TrafficCounted counted:
                OnTrafficCounted(counted);
                break;
            case StrayPacket stray:
                TellStrayPacket(stray.Spi);
                break;
            case RekeyChild rekey:
                RequestChildRekey(rekey.ChildId);
                break;
            case RedirectPeer redirect:
                Redirect(redirect.To);
                break;
            case TakeOver takeOver:
                OnTakeOver(takeOver);
                break;
            case StoreLost:
                OnStoreLost();
                break;
            case Fenced:
                // Whoever goes on with the session has its leases.
                _holdsLease = false;
                Finish(Trigger.Abandoned, EndReason.TakenOver);
                break;
            case RekeyIkeSa:
                RequestIkeRekey();
                break;
            case Close close:
                BeginClose(close.Reason);
                break;
            case Abandon abandon:
                Finish(Trigger.Abandoned, abandon.Reason);
                break;
            default:
                throw new InvalidOperationException($"An IKE SA cannot handle {input.GetType().Name}.");
        }
    }

    private void OnTimer(SessionTimer timer)
    {
        switch (timer.Kind)
        {
            case TimerKind.Retransmit:
                RetransmitOrGiveUp((byte)timer.Number);
                break;
            case TimerKind.HalfOpen:
                OnHalfOpenTimeout();
                break;
            case TimerKind.Liveness:
                CheckLiveness();
                break;
            case TimerKind.Keepalive:
                OnKeepaliveTimer();
                break;
            case TimerKind.ChildRetry:
                RetryChild(timer.Child);
                break;
            case TimerKind.IkeRekey:
                RequestIkeRekey();
                break;
            case TimerKind.IkeOver:
                OutliveIkeSa();
                break;
            case TimerKind.ReplacedIkeGone:
                ForgetReplaced((byte)timer.Number);
                break;
            case TimerKind.ChildRekey:
                RequestChildRekey(timer.Number);
                break;
            case TimerKind.ChildOver:
                OutliveChild(timer.Number);
                break;
            case TimerKind.ChildGone:
                EndLingering(timer.Number);
                break;
            case TimerKind.Synchronization:
                RepeatSynchronization();
                break;
            case TimerKind.ChildConfirmation:
                OnConfirmationDelay(timer.Number);
                break;
            default:
                throw new InvalidOperationException($"No such timer: {timer.Kind}.");
        }
    }

    private void MoveTo(Trigger trigger)
    {
        IkeSaState next = Transitions.Next(State, trigger, IsInitiator)
            ?? throw new InvalidOperationException($"No step from {State} by {trigger}.");
        IkeSaState previous = State;
        State = next;
        Tell(new StateChanged(previous, next) { Reason = _endReason, ClaimedIdentity = _endReason is null || _isAuthenticated ? null : _claimedIdentity?.ToString() });
    }

    private void Tell(SessionEvent sessionEvent) => _effects.Add(new Report(sessionEvent));

    private void Say(LogTag tag, Severity severity, string text) => Tell(new Remark(tag, severity, text));

    private void Drop(DropReason reason, string detail = "") => Tell(new DatagramDropped(reason, detail));

    private void Arm(TimerKind kind, TimeSpan delay, string child = "", uint number = 0) =>
        _effects.Add(new ArmTimer(new SessionTimer(kind, child, number), delay));

    private void Cancel(TimerKind kind, string child = "", uint number = 0) => _effects.Add(new CancelTimer(new SessionTimer(kind, child, number)));

    /// <summary>At the most <paramref name="most"/>, at random.</summary>
    private TimeSpan Jitter(TimeSpan most) => most * Unit();

    private double Unit()
    {
        Span<byte> draw = stackalloc byte[4];
        _context.Random.Fill(draw);
        return BinaryPrimitives.ReadUInt32BigEndian(draw) / (double)uint.MaxValue;
    }

    public void Dispose()
    {
        _sa.Dispose();
        _replaced.ForEach(sa => sa.Dispose());
        _rekeyedByPeer?.Sa.Dispose();
        _rekey?.Dispose();
        _init?.Dispose();
        foreach (Child child in _children.Values) child.Dispose();
    }
}
