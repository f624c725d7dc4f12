using Concentrator.Actors.Kernel;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;
using Concentrator.Kernel;

namespace Concentrator.Actors.ChildSa;

/// <summary>What a CHILD_SA waits for; until it has it, it takes no commands.</summary>
internal enum Awaited
{
    Nothing,
    Spi,
    Installation,
    Adoption,
    Activation,
    Move,
    Reading,
    Bringing,
    Retirement,
    Removal,
}

/// <summary>
/// One CHILD_SA's life, without Akka: commands of the IKE SA and replies of the KernelActor in, effects out. Not thread-safe. The keys it is
/// given are handed on with the request to install; it disposes those that it never handed on.
/// </summary>
/// <param name="plan">Role, exchange and configuration.</param>
/// <param name="reqId">XFRM reqid of its SAs and policies.</param>
/// <param name="anotherProposalRemains">Asked at a refusal: has the configuration a proposal that the kernel is not known to refuse?</param>
internal sealed class ChildSaMachine(ChildPlan plan, uint reqId, Func<bool> anotherProposalRemains) : IDisposable
{
    private readonly List<ChildEffect> _effects = [];
    private ChildSaParameters? _parameters;
    private bool _isHeld;

    public ChildSaState State { get; private set; } = ChildSaState.Created;

    public Awaited Awaits { get; private set; }

    /// <summary>Zero until it is reserved.</summary>
    public uint InboundSpi { get; private set; }

    /// <summary>Zero until it is negotiated.</summary>
    public uint OutboundSpi { get; private set; }

    /// <summary>Null until it is negotiated.</summary>
    public ChildAgreement? Agreement { get; private set; }

    /// <summary>The list is valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">It awaits something, or the command does not fit its state: the caller's bug.</exception>
    public IReadOnlyList<ChildEffect> Handle(ChildCommand command)
    {
        _effects.Clear();
        if (Awaits != Awaited.Nothing) throw new InvalidOperationException($"A CHILD_SA that awaits its {Awaits} takes no {command.GetType().Name}.");
        switch (command)
        {
            case ReserveSpi reserve when State == ChildSaState.Created && InboundSpi == 0:
                Ask(Awaited.Spi, new GetSpi(reserve.Local, reserve.Remote, plan.Config.Mode, reqId));
                break;
            case InstallChild install when State == ChildSaState.Created:
                Install(install.Parameters);
                break;
            case ActivateChild when State == ChildSaState.Installed:
                Ask(Awaited.Activation, new ActivateSas());
                break;
            case MoveChild move when State is ChildSaState.Installed or ChildSaState.Rekeyed:
                Ask(Awaited.Move, new MoveSas(new ChildPath(move.Local, move.Remote, move.UdpEncapsulation)));
                break;
            // Nothing of it has an address yet.
            case MoveChild when State == ChildSaState.Created:
                break;
            case RetireChild when State == ChildSaState.Installed:
                Step(ChildSaState.Rekeyed);
                Ask(Awaited.Retirement, new RetireSas());
                break;
            case RemoveChild:
                Remove();
                break;
            default:
                throw new InvalidOperationException($"A CHILD_SA in {State} takes no {command.GetType().Name}.");
        }

        return _effects;
    }

    /// <summary>
    /// The child comes back: what it had is in the kernel already, or is not to be had. First of all where <see cref="ChildPlan.Restored"/> says so. The keys are
    /// disposed here; the kernel has its own. The list is valid until the next call.
    /// </summary>
    public IReadOnlyList<ChildEffect> Resume(RestoredChild restored, SessionId session)
    {
        _effects.Clear();
        InboundSpi = restored.InboundSpi;
        if (restored.Parameters is { } parameters)
        {
            OutboundSpi = parameters.PeerSpi;
            _isHeld = parameters.HoldOutbound;
            Agreement = AgreementOf(parameters);
            parameters.Keys.Dispose();
            Step(ChildSaState.Installing);
        }

        Ask(Awaited.Adoption, new AdoptSas(session, plan.ChildId));
        return _effects;
    }

    /// <summary>
    /// The peer's packets come to another node: what there is goes on in the kernel there. What only receives stays for the rest of its life where it is. The list
    /// is valid until the next call.
    /// </summary>
    /// <exception cref="InvalidOperationException">It awaits something: the caller's bug.</exception>
    public IReadOnlyList<ChildEffect> Relocate()
    {
        _effects.Clear();
        if (Awaits != Awaited.Nothing) throw new InvalidOperationException($"A CHILD_SA that awaits its {Awaits} goes nowhere.");
        if (State == ChildSaState.Installed)
        {
            Ask(Awaited.Reading, new ReadSas());
        }
        else if (State == ChildSaState.Created)
        {
            // An SPI is unique in the cluster: that it is reserved here gives nobody there a reason to draw it.
            _effects.Add(new ChangeKernel());
            _effects.Add(new LeaveKernel());
        }

        return _effects;
    }

    /// <summary>The list is valid until the next call. A reply that is not awaited changes nothing.</summary>
    public IReadOnlyList<ChildEffect> Handle(KernelReply reply)
    {
        _effects.Clear();
        Awaited awaited = Awaits;
        Awaits = Awaited.Nothing;
        switch (reply, awaited)
        {
            case (SpiAllocated allocated, Awaited.Spi):
                HaveSpi(allocated.Spi);
                break;
            case (SasInstalled, Awaited.Installation):
                Step(ChildSaState.Installed);
                _effects.Add(new TellIkeSa(new ChildInstalled(plan.ChildId, InboundSpi)));
                break;
            case (SasInstalled, Awaited.Adoption):
                BeBack();
                break;
            case (KernelRefusal refusal, Awaited.Adoption):
                GiveUpInstalled($"{refusal.Refusal.Step.Text()} ({refusal.Refusal.ErrnoName})");
                break;
            case (KernelSilent, Awaited.Adoption):
                GiveUpInstalled("no answer about what was there before");
                break;
            case (KernelRefusal refusal, Awaited.Spi or Awaited.Installation):
                GiveUp(refusal.Refusal.Cause, $"{refusal.Refusal.Step.Text()} ({refusal.Refusal.ErrnoName})", awaited);
                break;
            case (SasRead read, Awaited.Reading):
                _effects.Add(new ChangeKernel());
                Ask(Awaited.Bringing, new BringSas(read.Spec, _isHeld));
                break;
            case (SasInstalled, Awaited.Bringing):
                _effects.Add(new LeaveKernel());
                break;
            case (KernelRefusal refusal, Awaited.Reading):
                GiveUpInstalled($"{refusal.Refusal.Step.Text()} ({refusal.Refusal.ErrnoName})");
                break;
            case (KernelSilent, Awaited.Reading):
                GiveUpInstalled("no answer from the node that it is on");
                break;
            case (KernelRefusal refusal, Awaited.Bringing):
                _effects.Add(new LeaveKernel());
                GiveUpInstalled($"{refusal.Refusal.Step.Text()} ({refusal.Refusal.ErrnoName})");
                break;
            case (KernelSilent, Awaited.Bringing):
                _effects.Add(new LeaveKernel());
                GiveUpInstalled("no answer from the node that it goes to");
                break;
            case (SasActivated, Awaited.Activation):
                _isHeld = false;
                _effects.Add(new TellIkeSa(new ChildActivated(plan.ChildId)));
                break;
            case (SasMoved, Awaited.Move):
                break;
            case (KernelSilent, Awaited.Move):
                GiveUpInstalled("no answer about the move");
                break;
            case (KernelRefusal refusal, Awaited.Activation or Awaited.Move):
                GiveUpInstalled($"{refusal.Refusal.Step.Text()} ({refusal.Refusal.ErrnoName})");
                break;
            case (KernelSilent, Awaited.Activation):
                GiveUpInstalled("no answer about the activation");
                break;
            case (SasRetired or KernelSilent, Awaited.Retirement):
                break;
            // What became of it is not known: it counts as refused, and the end of the actor sweeps the kernel.
            case (KernelSilent, Awaited.Spi or Awaited.Installation):
                GiveUp(RefusalCause.Transient, $"no answer about the {awaited}", awaited);
                break;
            case (SasRemoved or KernelSilent, Awaited.Removal):
                Finish(new ChildRemoved(plan.ChildId));
                break;
            default:
                Awaits = awaited;
                break;
        }

        return _effects;
    }

    public void Dispose() => _parameters?.Keys.Dispose();

    private void Install(ChildSaParameters parameters)
    {
        _parameters = parameters;
        OutboundSpi = parameters.PeerSpi;
        Step(ChildSaState.Installing);
        if (InboundSpi == 0)
            Ask(Awaited.Spi, new GetSpi(parameters.LocalEndpoint.Address, parameters.RemoteEndpoint.Address, parameters.Mode, reqId));
        else
            HandOver(parameters);
    }

    private void HaveSpi(uint spi)
    {
        InboundSpi = spi;
        if (_parameters is null) _effects.Add(new TellIkeSa(new SpiReserved(plan.ChildId, spi)));
        else HandOver(_parameters);
    }

    private void HandOver(ChildSaParameters parameters)
    {
        _parameters = null;
        _isHeld = parameters.HoldOutbound;
        Agreement = AgreementOf(parameters);
        Ask(Awaited.Installation, new InstallSas(parameters, plan.Config, InboundSpi, reqId));
    }

    /// <summary>Of one that the peer has only been asked for the SPI is kept, and nothing more is known yet.</summary>
    private void BeBack()
    {
        if (plan.Restored!.Parameters is null) return;
        Step(ChildSaState.Installed);
        if (plan.Restored.IsRetired) Step(ChildSaState.Rekeyed);
        _effects.Add(new TellIkeSa(new ChildInstalled(plan.ChildId, InboundSpi)));
    }

    private static ChildAgreement AgreementOf(ChildSaParameters parameters) =>
        new(parameters.Suite, parameters.Mode, parameters.UdpEncapsulation, parameters.Local, parameters.Remote, parameters.Limits.HardTime);

    private void Remove()
    {
        if (State == ChildSaState.Created && InboundSpi == 0)
        {
            Finish(new ChildRemoved(plan.ChildId));
            return;
        }

        Step(State is ChildSaState.Installed or ChildSaState.Rekeyed ? ChildSaState.Deleting : ChildSaState.Destroying);
        Ask(Awaited.Removal, new RemoveSas());
    }

    private void GiveUp(RefusalCause cause, string why, Awaited awaited)
    {
        bool peerMayHaveInstalled = awaited == Awaited.Installation;
        RefusalVerdict verdict = RefusalPolicy.Decide(cause, plan, peerMayHaveInstalled ? InboundSpi : null, anotherProposalRemains());
        _effects.Add(new Refused(why, verdict));
        Finish(new ChildRefused(plan.ChildId, verdict));
    }

    /// <summary>It is up on both sides, and cannot take over, or go where it is to be, here: the peer is told with a Delete.</summary>
    private void GiveUpInstalled(string why)
    {
        RefusalVerdict verdict = new(null, InboundSpi, RetryAdvice.BackOff);
        _effects.Add(new Refused(why, verdict));
        Finish(new ChildRefused(plan.ChildId, verdict));
    }

    private void Finish(ChildReport last)
    {
        Step(ChildSaState.Destroying);
        _effects.Add(new TellIkeSa(last));
        _effects.Add(new Finished());
    }

    private void Ask(Awaited awaited, KernelRequest request)
    {
        Awaits = awaited;
        _effects.Add(new AskKernel(request));
    }

    private void Step(ChildSaState next)
    {
        if (next == State) return;
        _effects.Add(new StateStep(State, next));
        State = next;
    }
}

/// <summary>What both ends have agreed on, without the keys. <see cref="HardTime"/>: after which age the kernel ends the SAs; zero: never.</summary>
internal sealed record ChildAgreement(
    EspSuite Suite, ChildMode Mode, bool IsEncapsulated, IReadOnlyList<TrafficSelector> Local, IReadOnlyList<TrafficSelector> Remote, TimeSpan HardTime);
