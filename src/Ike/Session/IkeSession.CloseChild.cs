using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>Closing children, by our hand and by the peer's (RFC 7296 §1.4.1, §2.25.1).</summary>
public sealed partial class IkeSession
{
    /// <summary>The peer deleted children whose successors have yet to take over: the response waits for the kernel.</summary>
    private readonly List<PendingClose> _pendingCloses = [];

    /// <summary>
    /// RFC 7296 §1.4.1: closes the pairs whose inbound SPIs at the peer these are, and answers with our inbound SPIs. Those that our own Delete already
    /// names are left out (§2.25.1). Where a successor waits, traffic changes over first, so that no packet finds the old SA gone.
    /// </summary>
    private void AnswerChildDeletes(List<uint> spis)
    {
        List<uint> ours = [];
        List<Child> replaced = [];
        foreach (uint spi in spis)
        {
            if (ChildOfPeerSpi(spi) is not { } child) continue;
            if (child.Phase is not ChildPhase.Deleting and not ChildPhase.Removing) ours.Add(child.InboundSpi);
            if (child.Phase == ChildPhase.Removing || child.OwnerIsGone) continue;
            Say(LogTag.Chd, Severity.Info, $"received DELETE for ESP CHILD_SA with SPI {spi:x8}");
            child.IsDeletedByPeer = true;
            if (HeldSuccessor(child) is { } successor && !spis.Contains(successor.PeerSpi)) replaced.Add(child);
            else if (child.IsSuperseded && child.Phase == ChildPhase.Deleting) Linger(child);
            else CloseByPeer(child);
        }

        _pendingCloses.Add(new PendingClose(_answering!, ours, [.. replaced], [.. replaced.Select(old => HeldSuccessor(old)!.Plan.ChildId)]));
        foreach (Child old in replaced) LetTakeOver(old, HeldSuccessor(old)!);
        CompletePendingCloses(null);
    }

    /// <summary>The peer has the new child and closes the old one: from here on we send through the new one (RFC 7296 §2.8).</summary>
    private void LetTakeOver(Child old, Child successor)
    {
        TellRekeyed(old, successor, byPeer: true);
        CancelChildTimers(old);
        old.IsSuperseded = true;
        Activate(successor);
        Linger(old);
    }

    private void CompletePendingCloses(uint? successor)
    {
        foreach (PendingClose pending in _pendingCloses.ToList())
        {
            if (successor is { } id) pending.Awaited.Remove(id);
            if (pending.Awaited.Count > 0) continue;
            _pendingCloses.Remove(pending);
            foreach (Child old in pending.Replaced.Where(old => old.Phase == ChildPhase.Lingering))
                _effects.Add(new TellChild(old.Plan.ChildId, new RetireChild()));
            _answering = pending.Request;
            Respond(pending.OurSpis.Count == 0 ? [] : [new DeletePayload(ProtocolId.Esp, pending.OurSpis)]);
        }
    }

    private void CloseByPeer(Child child)
    {
        ChildConfig config = child.Plan.Config;
        // A collision's loser, or a rekeying that the peer's kernel refused: the other one stays.
        bool isLast = !child.IsSuperseded && !_children.Values.Any(c => c.Plan.RekeyOf == child.Plan.ChildId && c.Phase == ChildPhase.Installed);
        if (isLast) LeaveTrapIf(config.CloseAction, config);
        Remove(child, "deleted by the peer");
        if (isLast && config.CloseAction.HasFlag(ChildAction.Start) && State == IkeSaState.Established) ComeAgain(child);
    }

    private void CloseByOperator(uint childId)
    {
        if (State != IkeSaState.Established || !_children.TryGetValue(childId, out Child? child) || child.Phase != ChildPhase.Installed) return;
        _wanted.Remove(child.Plan.Config.Name);
        DeleteChild(child);
    }

    /// <summary>Null when the peer's Delete was faster.</summary>
    private List<Payload>? DeleteChildPayloads(DeleteChildRequest request)
    {
        Child? child = _children.GetValueOrDefault(request.ChildId);
        if (child is { IsDeletedByPeer: true }) return null;
        if (child is not null) child.IsPremature = child.UnconfirmedOn is not null;
        return [new DeletePayload(ProtocolId.Esp, [request.InboundSpi])];
    }

    private void OnDeleteChildResponse(DeleteChildRequest request, IkeMessage message)
    {
        if (!_children.TryGetValue(request.ChildId, out Child? child) || child.Phase != ChildPhase.Deleting) return;
        if (message.Find<DeletePayload>() is null && child.IsPremature && child.Denials++ < MostDenials)
        {
            ArmFor(child, TimerKind.ChildConfirmation, _context.ConfirmationDelay);
            return;
        }

        if (child.OwnerIsGone) Forget(child);
        else if (child.IsSuperseded) Linger(child);
        else Remove(child, "deleted by us");
    }

    private sealed record PendingClose(InboundRequest Request, List<uint> OurSpis, List<Child> Replaced, HashSet<uint> Awaited);
}
