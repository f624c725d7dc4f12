using System.Net;
using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Updown;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.ChildSa;

/// <summary>What a CHILD_SA actor is born with.</summary>
internal sealed record ChildSaBirth(ChildPlan Plan, ChildSaName Name, IkeSaName IkeSa, SessionEntry Entry, uint ReqId, IPEndPoint? Peer = null)
{
    /// <summary>The KernelActor of the node that the peer's packets come to; null: of this one.</summary>
    public IActorRef? Kernel { get; init; }
}

/// <summary>The peer's packets come to the node of this KernelActor now.</summary>
internal sealed record RelocateChild(IActorRef Kernel) : INoSerializationVerificationNeeded;

/// <summary>
/// One CHILD_SA, child of its IKE SA's actor: a <see cref="ChildSaMachine"/> between that and the KernelActor. While it waits for the kernel it stashes
/// commands, for a bounded time. It stops once nothing of it is left in the kernel; if it dies earlier the KernelActor, which watches it, sweeps.
/// </summary>
internal sealed partial class ChildSaActor : UntypedActor, IWithUnboundedStash
{
    private readonly NodeContext _node;
    private readonly ChildSaBirth _birth;
    private readonly ChildSaMachine _machine;
    private readonly KernelUser _user;
    private ICancelable? _deadline;
    private int _question;
    private ChildSaDetails? _details;

    /// <summary>What its script was told, or is to be told; null: it is not up, or has none.</summary>
    private UpdownSubject? _up;

    public ChildSaActor(NodeContext node, ChildSaBirth birth)
    {
        _node = node;
        _birth = birth;
        _kernel = birth.Kernel ?? node.Actors.Kernel;
        _user = new KernelUser(birth.IkeSa, birth.Name, birth.Peer);
        _machine = new ChildSaMachine(birth.Plan, birth.ReqId, () => AnotherProposalRemains(node, birth.Plan));
    }

    public IStash Stash { get; set; } = null!;

    public static Props Props(NodeContext node, ChildSaBirth birth) =>
        Akka.Actor.Props.Create(() => new ChildSaActor(node, birth)).WithMailbox(ClusterSettings.LeanMailbox);

    protected override void PreStart()
    {
        WatchKernel();
        Show();
        if (_birth.Plan.Restored is { } restored) Perform(_machine.Resume(restored, _birth.IkeSa.Session));
    }

    protected override void OnReceive(object message)
    {
        using LogSubject.Turn turn = LogSubject.Enter(_user.Subject);
        switch (message)
        {
            case ChildCommand or RelocateChild when _machine.Awaits != Awaited.Nothing:
                Stash.Stash();
                break;
            case ChildCommand command:
                Perform(_machine.Handle(command));
                break;
            case RelocateChild relocate:
                Relocate(relocate.Kernel);
                break;
            case Terminated terminated:
                LoseKernel(terminated.ActorRef);
                break;
            // Of a kernel that it has left nothing is awaited.
            case KernelReply reply when Sender.Path.Equals(_kernel.Path):
                TakeReply(reply);
                break;
            case DeadlineSpent spent when spent.Question == _question && _machine.Awaits != Awaited.Nothing:
                _node.Log.Chd.KernelActorSilent(_birth.Name, _machine.Awaits.ToString());
                TakeReply(new KernelSilent());
                break;
            case DeadlineSpent:
                break;
            // The kernel has the SA no more: the peer's half goes with a Delete.
            case SaLost:
                Context.Parent.Tell(new ChildLost(_birth.Plan.ChildId));
                break;
            case SaMapped mapped:
                Context.Parent.Tell(new MappingChanged(_birth.Plan.ChildId, mapped.Remote));
                break;
            case SaExpiresSoon:
                Context.Parent.Tell(new RekeyChild(_birth.Plan.ChildId));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _deadline?.Cancel();
        _machine.Dispose();
        TellDown();
        _birth.Entry.Hide(_birth.Plan.ChildId);
    }

    private void TakeReply(KernelReply reply)
    {
        _deadline?.Cancel();
        _question++;
        Perform(_machine.Handle(reply));
        if (_machine.Awaits == Awaited.Nothing) Stash.UnstashAll();
    }

    private void Perform(IReadOnlyList<ChildEffect> effects)
    {
        foreach (ChildEffect effect in effects)
        {
            switch (effect)
            {
                case AskKernel ask:
                    _kernel.Tell(ask.Request with { Deadline = _node.Now + _node.Options.KernelDeadline, User = _user }, Self);
                    ArmDeadline();
                    break;
                case ChangeKernel:
                    GoToNext();
                    break;
                case LeaveKernel:
                    LeaveFormer();
                    break;
                case TellIkeSa tell:
                    Context.Parent.Tell(tell.Report, Self);
                    break;
                case StateStep step:
                    Narrate(step);
                    break;
                case Refused refused:
                    Narrate(refused);
                    break;
                case Finished:
                    Context.Stop(Self);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(effects), effect, "An effect that the actor does not know.");
            }
        }
    }

    /// <summary>The KernelActor keeps its own deadline; ours is longer, for the case that it never speaks again.</summary>
    private void ArmDeadline() => _deadline = Context.System.Scheduler.ScheduleTellOnceCancelable(
        _node.Options.KernelDeadline * 2, Self, new DeadlineSpent(_question), Self);

    private void Narrate(StateStep step)
    {
        _node.Log.Chd.ChildSaStateChange(_birth.Name, step.From.DisplayName(), step.To.DisplayName());
        if (step.To == ChildSaState.Installed && _machine.Agreement is { } agreement)
        {
            _node.Log.Chd.ChildSaEstablished(
                _birth.Name, _machine.InboundSpi, _machine.OutboundSpi, string.Join(", ", agreement.Local), string.Join(", ", agreement.Remote));
            _details = Describe(agreement);
        }

        TellUpdown(step);
        Show();
        if (_node.Events.IsObserved)
        {
            _node.Events.Publish(new ChildSaStateChanged(
                _node.Time.GetUtcNow(), _birth.IkeSa, _birth.Name, step.From, step.To, _machine.InboundSpi, _machine.OutboundSpi));
        }
    }

    private void TellUpdown(StateStep step)
    {
        if (step.From == ChildSaState.Installed) TellDown();
        if (step.To != ChildSaState.Installed || _birth.Plan.Config.Updown is null || _machine.Agreement is not { } agreement) return;
        IkeSaSnapshot ikeSa = _birth.Entry.Snapshot();
        if (ikeSa.Local is null || ikeSa.Remote is null) return;
        _up = new UpdownSubject(
            _birth.IkeSa, _birth.Plan.Config, _birth.ReqId, ikeSa.Local, ikeSa.Remote, ikeSa.LocalIdentity ?? "%any", ikeSa.RemoteIdentity ?? "%any",
            agreement.IsEncapsulated, agreement.Local, agreement.Remote)
        {
            MyVirtual = ikeSa.LocalVirtual,
            PeerVirtual = ikeSa.RemoteVirtual,
        };
        _node.Actors.Updown.Tell(new ChildCameUp(_up));
    }

    private void TellDown()
    {
        if (_up is null) return;
        _node.Actors.Updown.Tell(new ChildWentDown(_up));
        _up = null;
    }

    private void Narrate(Refused refused)
    {
        string verdict = refused.Verdict switch
        {
            { Notify: { } notify } => $"answering with {notify.RfcName()}",
            { DeleteSpi: { } spi } => $"telling the peer to delete {spi:x8}",
            _ => "the peer knows nothing of it",
        };
        // Whether it is tried again is the initiator's to decide.
        string retry = !_birth.Plan.IsInitiator ? ""
            : refused.Verdict.Retry == RetryAdvice.BackOff ? ", again after a while"
            : ", not again until the kernel has changed";
        _node.Log.Chd.ChildSaRefused(_birth.Name, refused.Why, verdict + retry);
    }

    private void Show() => _birth.Entry.Show(
        new ChildSaSnapshot(_birth.Plan.ChildId, _birth.Name.Name, _birth.Name.Number, _machine.State, _machine.InboundSpi, _machine.OutboundSpi) { Details = _details });

    private ChildSaDetails Describe(ChildAgreement agreement)
    {
        DateTimeOffset now = _node.Time.GetUtcNow();
        return new ChildSaDetails(
            agreement.Suite, agreement.Mode == ChildMode.Transport, agreement.IsEncapsulated, _birth.ReqId, agreement.Local, agreement.Remote,
            now, agreement.HardTime > TimeSpan.Zero ? now + agreement.HardTime : null);
    }

    private static bool AnotherProposalRemains(NodeContext node, ChildPlan plan) =>
        plan.Config.Proposals.Any(proposal => proposal.Transforms.All(node.Session.IsUsableForEsp));

    private sealed record DeadlineSpent(int Question) : INoSerializationVerificationNeeded;
}
