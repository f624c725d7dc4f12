using System.Net;
using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>One end of a <see cref="Pair"/>: a session, its timers in virtual time, and a kernel that does as the test says.</summary>
internal sealed class TestPeer(string name, SessionContext context, ulong spi, IPEndPoint address)
{
    private readonly Dictionary<SessionTimer, TimeSpan> _timers = [];
    private readonly Dictionary<uint, ChildPlan> _owners = [];

    /// <summary>The header of the last message sent, by our SPI in it.</summary>
    private readonly Dictionary<ulong, IkeHeader> _sent = [];

    public string Name => name;

    /// <summary>Of the last message that was sent on the IKE SA in use.</summary>
    public IkeHeader LastHeader => _sent[Session.LocalSpi];

    public SessionContext Context { get; } = context;

    public IkeSession Session { get; private set; } = new(context, spi);

    public IPEndPoint Address { get; set; } = address;

    public KernelDouble Kernel { get; } = new();

    /// <summary>Datagrams that this end wants sent, oldest first.</summary>
    public Queue<Packet> Outbox { get; } = new();

    public List<SessionEvent> Events { get; } = [];

    public List<(TimeSpan At, IkePath Path)> Keepalives { get; } = [];

    /// <summary>What there is to be said of a peer's certificates; null: nothing yet.</summary>
    public Func<CertificateQuestion, CertificatesJudged?> Judge { get; set; } = _ => new CertificatesJudged(true, "as the test says");

    public List<CertificateQuestion> Questions { get; } = [];

    /// <summary>What becomes of a peer's wish for addresses; null: nothing yet.</summary>
    public Func<LeaseAddresses, SessionInput?> Lease { get; set; } = _ => new AddressesRefused("there are no pools");

    /// <summary>What this end wants of the node beyond the IKE SA, oldest first.</summary>
    public List<SessionEffect> Told { get; } = [];

    /// <summary>Sees every effect in order, before it takes effect.</summary>
    public Action<SessionEffect> Performed { get; set; } = _ => { };

    public EndReason? End { get; private set; }

    /// <summary>What the store has; null: nothing.</summary>
    public SessionState? Committed { get; private set; }

    public int Commits { get; private set; }

    /// <summary>The store takes nothing.</summary>
    public bool StoreIsDown { get; set; }

    public ushort Incarnation { get; private set; }

    /// <summary>Nobody is there: nothing is heard.</summary>
    public bool IsDown { get; set; }

    private TimeSpan _committedAt;

    public AnnounceEstablished? Announced { get; private set; }

    /// <summary>Children whose actor would be alive.</summary>
    public IReadOnlyCollection<ChildPlan> Children => _owners.Values;

    public IEnumerable<string> Sent => Events.OfType<MessageSent>().Select(m => m.Summary);

    public IEnumerable<DropReason> Drops => Events.OfType<DatagramDropped>().Select(d => d.Reason);

    public bool HasTimer(TimerKind kind) => _timers.Keys.Any(t => t.Kind == kind);

    public TimeSpan? NextTimer => _timers.Count == 0 ? null : _timers.Values.Min();

    public void Reset(ulong newSpi)
    {
        Session = new IkeSession(Context, newSpi);
        End = null;
        _timers.Clear();
    }

    /// <summary>The node is no more, and neither is its kernel; what it sent last is on its way. What the store has goes on elsewhere; false: it has nothing.</summary>
    public bool Fail(TimeSpan now)
    {
        Crash();
        if (Committed is null) return false;
        Restore(Committed, now);
        return true;
    }

    public void Restore(SessionState state, TimeSpan now)
    {
        Session = IkeSession.Restore(Context, state, now - _committedAt, ++Incarnation, now, out string problem)!;
        Assert.Equal("", problem);
    }

    /// <summary>Another session of the same state takes this one's place, unnoticed.</summary>
    public void Replace(TimeSpan now)
    {
        using SessionState? state = Session.Export(now);
        if (state is null) return;
        IkeSession replacement = IkeSession.Restore(Context, state, TimeSpan.Zero, Incarnation++, now, out _)!;
        replacement.GoOnUnnoticed(Session);
        Session.Dispose();
        Session = replacement;
    }

    /// <summary>The node is no more, and nobody goes on.</summary>
    public void Crash()
    {
        Session.Dispose();
        _timers.Clear();
        _owners.Clear();
        Kernel.Clear();
    }

    public void Handle(SessionInput input, TimeSpan now)
    {
        if (IsDown) return;
        // The list is valid until the next call, and effects cause further inputs.
        foreach (SessionEffect effect in Session.Handle(input, now).ToList()) Perform(effect, now);
    }

    public void FireTimers(TimeSpan now)
    {
        foreach (SessionTimer due in _timers.Where(t => t.Value <= now).OrderBy(t => t.Value).Select(t => t.Key).ToList())
        {
            _timers.Remove(due);
            Handle(new TimerElapsed(due), now);
        }
    }

    private void Perform(SessionEffect effect, TimeSpan now)
    {
        Performed(effect);
        switch (effect)
        {
            case Transmit transmit:
                Outbox.Enqueue(new Packet(transmit.Message.ToArray(), transmit.Path));
                Assert.True(IkeHeader.TryRead(transmit.Message.Span, out IkeHeader header));
                _sent[header.IsFromOriginalInitiator ? header.InitiatorSpi : header.ResponderSpi] = header;
                break;
            case TransmitKeepalive keepalive:
                Keepalives.Add((now, keepalive.Path));
                break;
            case ArmTimer arm:
                _timers[arm.Timer] = now + arm.Delay;
                break;
            case CancelTimer cancel:
                _timers.Remove(cancel.Timer);
                break;
            case StartChild start:
                _owners.Add(start.Plan.ChildId, start.Plan);
                if (start.Plan.Restored is { } restored && Kernel.Restore(start.Plan, restored) is { } found) Handle(found, now);
                break;
            case Persist:
                Commit(now);
                break;
            case TellChild tell:
                PerformChild(tell, now);
                break;
            case ValidateCertificates validate:
                Questions.Add(validate.Question);
                if (Judge(validate.Question) is { } judged) Handle(judged, now);
                break;
            case AskForTraffic:
                Kernel.Questions++;
                if (!Kernel.IsSilent) Handle(Kernel.Counted, now);
                break;
            case LeaseAddresses lease:
                Told.Add(lease);
                if (Lease(lease) is { } answer) Handle(answer, now);
                break;
            case ChildServed or LeaveTrap or CallAnew or CallElsewhere or ReleaseAddresses or UseAddresses or DropAddresses:
                Told.Add(effect);
                break;
            case AnnounceEstablished announce:
                Announced = announce;
                break;
            case Report report:
                Events.Add(report.Event);
                break;
            case Ended ended:
                End = ended.Reason;
                Committed = null;
                Assert.Empty(_owners);
                break;
            default:
                throw new InvalidOperationException(effect.ToString());
        }
    }

    private void Commit(TimeSpan now)
    {
        if (StoreIsDown) return;
        Commits++;
        Committed?.Dispose();
        Committed = Session.Export(now);
        _committedAt = now;
    }

    /// <summary>Plays the CHILD_SA actor and the kernel behind it.</summary>
    private void PerformChild(TellChild tell, TimeSpan now)
    {
        Assert.True(_owners.ContainsKey(tell.ChildId), "a command for a child that has no owner");
        ChildPlan plan = _owners[tell.ChildId];
        ChildReport? report = tell.Command switch
        {
            ReserveSpi => Kernel.Reserve(plan),
            InstallChild install => Kernel.Install(plan, install.Parameters),
            RemoveChild => Kernel.Remove(tell.ChildId),
            ActivateChild => Kernel.Activate(plan),
            RetireChild => Kernel.Retire(tell.ChildId),
            MoveChild move => Kernel.Move(plan, move),
            _ => throw new InvalidOperationException(),
        };
        if (report is null) return;
        if (report is ChildRemoved or ChildRefused) _owners.Remove(tell.ChildId);
        Handle(report, now);
    }

    /// <summary>Lets a kernel answer that was held back arrive.</summary>
    public void Release(TimeSpan now)
    {
        ChildReport report = Kernel.TakeHeld();
        if (report is ChildRefused) _owners.Remove(report.ChildId);
        Handle(report, now);
    }

    public void AssertNothingLeft()
    {
        Assert.Empty(_owners);
        Assert.Empty(Kernel.Installed);
        Assert.Empty(Kernel.Reserved);
        Assert.Empty(_timers);
    }
}

internal sealed record Packet(byte[] Octets, IkePath Path);
