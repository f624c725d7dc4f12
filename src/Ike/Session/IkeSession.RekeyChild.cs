using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// One child in the place of another, make before break (RFC 7296 §1.3.3, §2.8). Who asks sends through the new one as soon as both kernels have it, and
/// deletes the old one. Who answers goes on sending through the old one until the peer is known to be ready. The old one receives a while longer.
/// </summary>
public sealed partial class IkeSession
{
    private const int MostDenials = 5;

    private readonly Dictionary<uint, int> _failedChildRekeys = [];

    private void ArmChildLimits(Child child)
    {
        ChildLifetime lifetime = child.Plan.Config.Lifetime;
        if (lifetime.RekeyTime > TimeSpan.Zero) ArmFor(child, TimerKind.ChildRekey, Earlier(lifetime.RekeyTime, lifetime.RandTime));
        if (lifetime.LifeTime > TimeSpan.Zero) ArmFor(child, TimerKind.ChildOver, lifetime.LifeTime);
    }

    /// <summary>Octets and packets are the kernel's to count; time it watches only for the case that we are no more.</summary>
    private ChildLimits DrawLimits(ChildLifetime lifetime) => new(
        SoftBytes: Earlier(lifetime.RekeyBytes, lifetime.RandBytes),
        HardBytes: lifetime.LifeBytes,
        SoftPackets: Earlier(lifetime.RekeyPackets, lifetime.RandPackets),
        HardPackets: lifetime.LifePackets,
        HardTime: lifetime.LifeTime);

    private ulong Earlier(ulong limit, ulong jitter) => limit == 0 ? 0 : limit - (ulong)(Math.Min(jitter, limit / 2) * Unit());

    private void CancelChildTimers(Child child)
    {
        uint id = child.Plan.ChildId;
        foreach (TimerKind kind in child.Timers) Cancel(kind, number: id);
        child.Timers.Clear();
    }

    private void RequestChildRekey(uint childId)
    {
        if (State != IkeSaState.Established || !_children.TryGetValue(childId, out Child? old) || old.Phase != ChildPhase.Installed) return;
        if (_children.Values.Any(c => c.Plan.RekeyOf == childId)) return;
        Child child = AddChild(old.Plan.Config, isInitiator: true, ExchangeType.CreateChildSa, rekeyOf: childId);
        _effects.Add(new TellChild(child.Plan.ChildId, new ReserveSpi(Path!.Local.Address, Path.Remote.Address)));
    }

    /// <summary>The child that this one is to replace, as long as it is there to be replaced.</summary>
    private Child? Predecessor(Child child) =>
        child.Plan.RekeyOf is { } id && _children.TryGetValue(id, out Child? old) && old.Phase == ChildPhase.Installed ? old : null;

    /// <summary>RFC 7296 §2.25: a rekeying that the peer could not do now, or will not do at all.</summary>
    private void OnRekeyRefused(Child child, NotifyType? notify)
    {
        Child? old = Predecessor(child);
        Remove(child, "refused by the peer");
        if (old is null) return;
        // What the peer may not have been told of yet it cannot know: it is asked again, but not for ever.
        if (notify == NotifyType.ChildSaNotFound && !(child.IsPremature && old.Denials++ < MostDenials))
        {
            // RFC 7296 §2.25: the peer has none any more; ours goes without a Delete, and a fresh one comes.
            string name = old.Plan.Config.Name;
            if (Predecessor(old) is { IsSuperseded: false } first) RekeySoon(first);
            Say(LogTag.Chd, Severity.Warning, $"the peer does not know CHILD_SA {name} any more: building a new one");
            Remove(old, "unknown to the peer");
            BringUp(name);
        }
        else if (notify == NotifyType.NoAdditionalSas)
        {
            // RFC 7296 §4: a minimal implementation cannot rekey. A new IKE SA is built in the stead of this one.
            BeginClose(EndReason.RekeyFailed);
        }
        else
        {
            RetryChildRekey(old);
        }
    }

    /// <summary>The old child carries on; the rekeying is tried again until its life is over.</summary>
    private void RetryChildRekey(Child old)
    {
        uint id = old.Plan.ChildId;
        int attempt = _failedChildRekeys[id] = _failedChildRekeys.GetValueOrDefault(id) + 1;
        TimeSpan delay = _context.RekeyRetry.Delay(attempt, _context.Random);
        Say(LogTag.Chd, Severity.Info, FormattableString.Invariant($"CHILD_SA {old.Plan.Config.Name} is rekeyed again in {delay.TotalSeconds:F1} s"));
        ArmFor(old, TimerKind.ChildRekey, delay);
    }

    /// <summary>Our rekeying is in the kernel. RFC 7296 §2.8.1: of two at once the one with the lowest nonce goes, by the hand that made it.</summary>
    private void OnSuccessorInstalled(Child child)
    {
        Child? rival = Rival(child);
        if (LosesTo(child, rival))
        {
            Say(LogTag.Chd, Severity.Info, $"CHILD_SA rekey collision lost, deleting the superfluous child {child.Plan.Config.Name}");
            DeleteChild(child);
            return;
        }

        if (rival is not null) Say(LogTag.Chd, Severity.Info, "CHILD_SA rekey collision won, the peer deletes its child");
        if (Predecessor(child) is { } old)
        {
            TellRekeyed(old, child, byPeer: false);
            Supersede(old);
            DeleteChild(old);
        }
        else if (rival is null)
        {
            // The old child went meanwhile, and nobody will miss this one's Delete.
            Tell(new ChildRekeyed(child.Plan.Config.Name, 0, child.InboundSpi, ByPeer: false));
        }
    }

    /// <summary>What the peer's rekeying of the same child has made.</summary>
    private Child? Rival(Child child) => _children.Values.FirstOrDefault(
        c => c != child && c.Plan.RekeyOf is not null && c.Plan.RekeyOf == child.Plan.RekeyOf && c.Phase is (ChildPhase.Installing or ChildPhase.Installed));

    private static bool LosesTo(Child child, Child? rival) => rival is not null && Compare(child.LowestNonce, rival.LowestNonce) < 0;

    private void TellRekeyed(Child old, Child child, bool byPeer) =>
        Tell(new ChildRekeyed(child.Plan.Config.Name, old.InboundSpi, child.InboundSpi, byPeer));

    /// <summary>It sends no more; its timers are its successor's affair now.</summary>
    private void Supersede(Child old)
    {
        old.IsSuperseded = true;
        CancelChildTimers(old);
        _effects.Add(new TellChild(old.Plan.ChildId, new RetireChild()));
    }

    private void DeleteChild(Child child)
    {
        child.Phase = ChildPhase.Deleting;
        Enqueue(new DeleteChildRequest(child.Plan.ChildId, child.InboundSpi));
    }

    /// <summary>The one that waits to take over from this child.</summary>
    private Child? HeldSuccessor(Child old) =>
        _children.Values.FirstOrDefault(c => c.Plan.RekeyOf == old.Plan.ChildId && c.IsHeld && c.Phase == ChildPhase.Installed);

    /// <summary>Those that a request on this IKE SA shows to be known; a late one on an IKE SA that was replaced shows nothing about the one after it.</summary>
    private List<uint> ShownBy(IkeSa sa) => [.. _children.Values.Where(c => c.UnconfirmedOn is not null && (c.UnconfirmedOn == sa || sa == _sa)).Select(c => c.Plan.ChildId)];

    /// <summary>A further request shows that the peer has our answer, and so the child (RFC 7296 §2.8). What replaces another sends now.</summary>
    private void Confirm(uint childId)
    {
        if (!_children.TryGetValue(childId, out Child? child)) return;
        child.UnconfirmedOn = null;
        if (child.Timers.Remove(TimerKind.ChildConfirmation)) Cancel(TimerKind.ChildConfirmation, number: childId);
        ActivateUnlessUndecided(child);
    }

    /// <summary>Nothing came from the peer since; it has had time to object.</summary>
    private void OnConfirmationDelay(uint childId)
    {
        if (!_children.TryGetValue(childId, out Child? child)) return;
        child.Timers.Remove(TimerKind.ChildConfirmation);
        if (child.Phase == ChildPhase.Deleting) DeleteChild(child);
        else ActivateUnlessUndecided(child);
    }

    /// <summary>Our own rekeying of the same child may be on its way: its answer says which of the two stays.</summary>
    private void ActivateUnlessUndecided(Child child)
    {
        bool isUndecided = _children.Values.Any(
            c => c.Plan.RekeyOf == child.Plan.RekeyOf && c.Plan.IsInitiator && c.Phase is ChildPhase.Requested or ChildPhase.Installing);
        if (child is { IsHeld: true, Phase: ChildPhase.Installed } && !isUndecided) Activate(child);
    }

    private void Activate(Child child)
    {
        if (child.IsActivating) return;
        child.IsActivating = true;
        _effects.Add(new TellChild(child.Plan.ChildId, new ActivateChild()));
    }

    private void OnChildActivated(Child child)
    {
        child.IsHeld = child.IsActivating = false;
        CompletePendingCloses(child.Plan.ChildId);
    }

    /// <summary>What a replaced child still receives is on its way for a moment only.</summary>
    private void Linger(Child old)
    {
        old.Phase = ChildPhase.Lingering;
        ArmFor(old, TimerKind.ChildGone, _context.ChildLinger);
    }

    private void EndLingering(uint childId)
    {
        if (_children.TryGetValue(childId, out Child? old) && old.Phase == ChildPhase.Lingering) Remove(old, "replaced");
    }

    /// <summary>The hard limit of time. What could not be rekeyed ends, and is built anew where it is wanted (RFC 7296 §2.8).</summary>
    private void OutliveChild(uint childId)
    {
        if (!_children.TryGetValue(childId, out Child? child) || child.Phase != ChildPhase.Installed) return;
        Say(LogTag.Chd, Severity.Warning, $"CHILD_SA {child.Plan.Config.Name} has reached the end of its life");
        LoseChild(childId);
    }

    private void LoseChild(uint childId)
    {
        if (State != IkeSaState.Established || !_children.TryGetValue(childId, out Child? child) || child.Phase != ChildPhase.Installed) return;
        child.IsLost = true;
        DeleteChild(child);
    }

    private void ArmFor(Child child, TimerKind kind, TimeSpan delay)
    {
        if (!child.Timers.Contains(kind)) child.Timers.Add(kind);
        Arm(kind, delay, number: child.Plan.ChildId);
    }
}
