using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Session;

/// <summary>The children: who is there, what they report, and when a wanted one is tried again.</summary>
public sealed partial class IkeSession
{
    private readonly Dictionary<uint, Child> _children = [];

    /// <summary>The children that the configuration, or an operator, wants up, in that order. Only an initiator has any.</summary>
    private readonly List<string> _wanted = [];

    private readonly Dictionary<string, int> _failedAttempts = [];
    private readonly HashSet<string> _waitingForKernel = [];
    private readonly HashSet<string> _armedRetries = [];
    private uint _lastChildId;

    private Child AddChild(ChildConfig config, bool isInitiator, ExchangeType exchange, uint? rekeyOf)
    {
        var child = new Child(new ChildPlan(++_lastChildId, config, isInitiator, exchange, rekeyOf));
        _children.Add(child.Plan.ChildId, child);
        _effects.Add(new StartChild(child.Plan));
        return child;
    }

    private void OnChildReport(ChildReport report)
    {
        if (!_children.TryGetValue(report.ChildId, out Child? child)) return;
        if (child.Phase == ChildPhase.Removing && report is not (ChildRemoved or ChildRefused)) return;
        switch (report)
        {
            case SpiReserved reserved:
                child.InboundSpi = reserved.Spi;
                OnSpiReserved(child);
                break;
            case ChildInstalled installed:
                OnChildInstalled(child, installed.InboundSpi);
                break;
            case ChildActivated:
                OnChildActivated(child);
                break;
            case ChildRefused refused:
                OnChildRefused(child, refused.Verdict);
                break;
            case ChildRemoved:
                Forget(child);
                break;
            default:
                throw new InvalidOperationException($"No such report: {report.GetType().Name}.");
        }
    }

    private void OnSpiReserved(Child child)
    {
        child.Phase = ChildPhase.Requested;
        if (child.Plan.Exchange == ExchangeType.IkeAuth)
            SendAuth(child);
        else
            Enqueue(new CreateChildRequest(child.Plan.ChildId));
    }

    private void OnChildInstalled(Child child, uint inboundSpi)
    {
        // One that was installed before the take-over is as it was.
        if (child.Phase != ChildPhase.Installing) return;
        child.InboundSpi = inboundSpi;
        child.Phase = ChildPhase.Installed;
        child.InstalledAt = _now;
        _failedAttempts.Remove(child.Plan.Config.Name);
        ConcludeServing(child.Plan.Config.Name, isUp: true);
        ArmChildLimits(child);
        // The peer may have answered already.
        if (child.CameUnfinished) RekeySoon(child);
        if (!child.Plan.IsInitiator) AnswerWithChild(child);
        else if (child.Plan.RekeyOf is not null) OnSuccessorInstalled(child);
        else if (child.Plan.Exchange == ExchangeType.IkeAuth) BringUpFurtherChildren();
    }

    /// <summary>Carries out what the child's owner decided (RFC 7296 §2.21): a Notify as responder, a Delete of our own as initiator.</summary>
    private void OnChildRefused(Child child, RefusalVerdict verdict)
    {
        bool nothingWasSent = child.Phase == ChildPhase.ReservingSpi;
        Tell(new ChildFailed(child.Plan.Config.Name, verdict.Notify, ByPeer: false));
        if (child.Phase == ChildPhase.Removing)
        {
            Forget(child);
        }
        else if (child.Phase == ChildPhase.Deleting)
        {
            child.OwnerIsGone = true;
        }
        else if (child.Phase == ChildPhase.Lingering)
        {
            child.Phase = ChildPhase.Removing;
            Forget(child);
        }
        else if (child.Phase == ChildPhase.Installed)
        {
            // It could not take over from the old one, or not follow to other addresses: the peer sends into nothing unless it is told.
            child.OwnerIsGone = true;
            child.IsLost = true;
            DeleteChild(child);
            CompletePendingCloses(child.Plan.ChildId);
        }
        else if (!child.Plan.IsInitiator)
        {
            Forget(child);
            AnswerWithRefusal(child, verdict.Notify ?? NotifyType.NoProposalChosen);
        }
        else if (verdict.DeleteSpi is { } spi)
        {
            // The retry waits for the end of this exchange: never two attempts at once.
            child.Phase = ChildPhase.Deleting;
            child.OwnerIsGone = true;
            NoteKernelRefusal(child, verdict.Retry);
            Enqueue(new DeleteChildRequest(child.Plan.ChildId, spi));
            if (child.Plan.Exchange == ExchangeType.IkeAuth) BringUpFurtherChildren();
        }
        else
        {
            NoteKernelRefusal(child, verdict.Retry);
            Forget(child);
            if (nothingWasSent && State == IkeSaState.AuthRequested) GoOnChildless();
        }
    }

    /// <summary>Of a rekeying: the old child carries on, and is rekeyed later (row S6). Of any other: it is tried again as the owner advises.</summary>
    private void NoteKernelRefusal(Child child, RetryAdvice advice)
    {
        if (Predecessor(child) is { } old) RetryChildRekey(old);
        else NoteFailure(child, advice);
    }

    /// <summary>RFC 6023: without an SPI for the first child the IKE SA can still be set up, if the peer knows how.</summary>
    private void GoOnChildless()
    {
        if (_peerKnowsChildless)
            SendAuth(null);
        else
            Finish(Trigger.Refused, EndReason.KernelRefused);
    }

    /// <summary>The child left the kernel, or never was there.</summary>
    private void Forget(Child child)
    {
        string name = child.Plan.Config.Name;
        CancelChildTimers(child);
        _children.Remove(child.Plan.ChildId);
        _failedChildRekeys.Remove(child.Plan.ChildId);
        child.Dispose();
        CompletePendingCloses(child.Plan.ChildId);
        if (LiveChild(name) is null) ConcludeServing(name, isUp: false);
        if (child.IsLost && _wanted.Contains(name)) ComeAgain(child);
        else if (child.Plan.IsInitiator) ScheduleRetry(name);
        if (State == IkeSaState.Tombstone) GiveBackAddresses();
        CompleteEnd();
    }

    private void Remove(Child child, string reason)
    {
        child.Phase = ChildPhase.Removing;
        CancelChildTimers(child);
        _effects.Add(new TellChild(child.Plan.ChildId, new RemoveChild(reason)));
    }

    private void RemoveAllChildren()
    {
        foreach (Child child in _children.Values.ToList())
        {
            if (child.OwnerIsGone) Forget(child);
            else if (child.Phase != ChildPhase.Removing) Remove(child, "the IKE_SA ends");
        }
    }

    /// <summary>The child of this name that is up, or on its way up; not one that was replaced or is going.</summary>
    private Child? LiveChild(string name) => _children.Values.FirstOrDefault(
        c => c.Plan.Config.Name == name && !c.IsSuperseded && c.Phase is not ChildPhase.Removing and not ChildPhase.Lingering);

    private void BringUpFurtherChildren()
    {
        foreach (string name in _failedAttempts.Keys.ToList()) ScheduleRetry(name);
        foreach (string name in _wanted.Where(n => LiveChild(n) is null && !_failedAttempts.ContainsKey(n)).ToList()) BringUp(name);
        foreach (string name in _asked.Keys.Where(n => LiveChild(n) is null).ToList())
        {
            if (_connection!.Children.FirstOrDefault(c => c.Name == name) is { } config) BringUp(config);
            else ConcludeServing(name, isUp: false);
        }
    }

    /// <summary>Those that are up stay as they are. Where the peer's authentication, or anything else of the IKE SA, would be another, this one is none of the new kind.</summary>
    private void TakeChildrenOf(ConnectionConfig changed)
    {
        if (State == IkeSaState.Established && _connection!.IsSameButForChildren(changed)) _connection = changed;
    }

    private void BringUpByOperator(string name)
    {
        if (State == IkeSaState.Established && _connection!.Children.All(c => c.Name != name))
        {
            Say(LogTag.Chd, Severity.Warning, $"CHILD_SA {name} is not of the connection that this IKE_SA was made with");
            Tell(new ChildFailed(name, Notify: null, ByPeer: false));
            return;
        }

        BringUp(name);
    }

    private void BringUp(string name)
    {
        ChildConfig? config = _connection?.Children.FirstOrDefault(c => c.Name == name);
        if (State != IkeSaState.Established || config is null || LiveChild(name) is not null) return;
        if (!_wanted.Contains(name)) _wanted.Add(name);
        _waitingForKernel.Remove(name);
        CancelRetry(name);
        BringUp(config);
    }

    private void BringUp(ChildConfig config)
    {
        if (LacksOwnAddress(config))
        {
            AskForAddresses();
            return;
        }

        if (!CanCarryEsp)
        {
            Tell(new ChildFailed(config.Name, Notify: null, ByPeer: false));
            ConcludeServing(config.Name, isUp: false);
            return;
        }

        Child child = AddChild(config, isInitiator: true, ExchangeType.CreateChildSa, rekeyOf: null);
        _effects.Add(new TellChild(child.Plan.ChildId, new ReserveSpi(Path!.Local.Address, Path.Remote.Address)));
    }

    private void NoteFailure(Child child, RetryAdvice advice) => NoteFailure(child.Plan.Config.Name, advice);

    private void NoteFailure(string name, RetryAdvice advice)
    {
        ConcludeServing(name, isUp: false);
        if (!_wanted.Contains(name)) return;
        _failedAttempts[name] = _failedAttempts.GetValueOrDefault(name) + 1;
        if (advice != RetryAdvice.WhenKernelRecovers) return;
        _waitingForKernel.Add(name);
        Say(LogTag.Chd, Severity.Warning,
            $"CHILD_SA {name} is not tried again with the same proposals until the kernel accepts them or an operator asks");
    }

    /// <summary>After a failure, and only then: never a stampede, never two attempts of one child at a time.</summary>
    private void ScheduleRetry(string name)
    {
        if (State != IkeSaState.Established || _endTrigger is not null) return;
        if (!_failedAttempts.TryGetValue(name, out int attempt) || _waitingForKernel.Contains(name)) return;
        if (LiveChild(name) is not null || _armedRetries.Contains(name)) return;
        TimeSpan delay = _context.ChildRetry.Delay(attempt, _context.Random);
        Say(LogTag.Chd, Severity.Info, FormattableString.Invariant($"CHILD_SA {name} is tried again in {delay.TotalSeconds:F1} s (attempt {attempt + 1})"));
        _armedRetries.Add(name);
        Arm(TimerKind.ChildRetry, delay, name);
    }

    private void RetryChild(string name)
    {
        _armedRetries.Remove(name);
        BringUp(name);
    }

    private void RetryWaitingChildren()
    {
        foreach (string name in _waitingForKernel.ToList())
        {
            _failedAttempts.Remove(name);
            BringUp(name);
        }
    }

    private void CancelRetry(string name)
    {
        if (_armedRetries.Remove(name)) Cancel(TimerKind.ChildRetry, name);
    }

    private void CancelChildRetries()
    {
        foreach (string name in _armedRetries.ToList()) CancelRetry(name);
    }
}
