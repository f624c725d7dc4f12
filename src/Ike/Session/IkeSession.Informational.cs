using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>INFORMATIONAL as both sides: Delete, error notifies, liveness (RFC 7296 §1.4, §2.4).</summary>
public sealed partial class IkeSession
{
    private void AnswerInformational(IkeMessage message)
    {
        var deletes = message.Payloads.OfType<DeletePayload>().ToList();
        if (deletes.Any(d => d.Protocol == ProtocolId.Ike))
        {
            // RFC 7296 §1.4.1: the answer is empty; the children go without being named.
            Say(LogTag.Ike, Severity.Info, $"received DELETE for IKE_SA {Name}");
            Respond([]);
            Bury(Trigger.DeletedByPeer, _endReason ?? EndReason.DeletedByPeer);
            return;
        }

        foreach (NotifyPayload notify in message.Notifies.Where(n => n.NotifyType.IsError()))
            Say(LogTag.Ike, Severity.Warning, $"received {notify.NotifyType.RfcName()} notify error");

        // RFC 7296 §2.21: of the errors only these two end an IKE SA without a Delete.
        NotifyPayload? fatal = message.Notifies.FirstOrDefault(n => n.NotifyType is NotifyType.AuthenticationFailed or NotifyType.InvalidSyntax);
        List<uint> closed = CloseChildrenOfPeer(deletes.Where(d => d.Protocol == ProtocolId.Esp).SelectMany(d => d.Spis));
        Respond(closed.Count == 0 ? [] : [new DeletePayload(ProtocolId.Esp, closed)]);
        if (fatal is not null && State == IkeSaState.Established)
            Bury(Trigger.Refused, fatal.NotifyType == NotifyType.AuthenticationFailed ? EndReason.AuthenticationFailed : EndReason.InvalidSyntax);
    }

    /// <summary>
    /// RFC 7296 §1.4.1: closes the pairs whose inbound SPIs at the peer these are, and returns our inbound SPIs for the answer;
    /// those that our own Delete already names are left out.
    /// </summary>
    private List<uint> CloseChildrenOfPeer(IEnumerable<uint> spis)
    {
        List<uint> ours = [];
        foreach (uint spi in spis.Distinct())
        {
            if (ChildOfPeerSpi(spi) is not { } child) continue;
            if (child.Phase is not ChildPhase.Deleting and not ChildPhase.Removing) ours.Add(child.InboundSpi);
            if (child.Phase == ChildPhase.Removing || child.OwnerIsGone) continue;
            Say(LogTag.Chd, Severity.Info, $"received DELETE for ESP CHILD_SA with SPI {spi:x8}");
            Remove(child, "deleted by the peer");
        }

        return ours;
    }

    private void RequestChildDelete(uint childId)
    {
        if (State != IkeSaState.Established || !_children.TryGetValue(childId, out Child? child) || child.Phase != ChildPhase.Installed) return;
        _wanted.Remove(child.Plan.Config.Name);
        child.Phase = ChildPhase.Deleting;
        Enqueue(new DeleteChildRequest(childId, child.InboundSpi));
    }

    private static List<Payload> DeleteChildPayloads(DeleteChildRequest request) => [new DeletePayload(ProtocolId.Esp, [request.InboundSpi])];

    private void OnDeleteChildResponse(DeleteChildRequest request)
    {
        if (!_children.TryGetValue(request.ChildId, out Child? child) || child.Phase != ChildPhase.Deleting) return;
        if (child.OwnerIsGone) Forget(child);
        else Remove(child, "deleted by us");
    }

    private void StartLiveness()
    {
        _lastHeard = _now;
        if (_connection!.DpdDelay > TimeSpan.Zero) Arm(TimerKind.Liveness, _connection.DpdDelay);
    }

    /// <summary>RFC 7296 §2.4: an empty INFORMATIONAL asks a silent peer whether it lives; any authentic message is an answer.</summary>
    private void CheckLiveness()
    {
        if (State != IkeSaState.Established) return;
        TimeSpan silence = _now - _lastHeard;
        TimeSpan delay = _connection!.DpdDelay;
        if (silence >= delay && _outstanding is null)
        {
            Say(LogTag.Ike, Severity.Debug, "sending DPD request");
            Enqueue(new LivenessRequest());
        }

        Arm(TimerKind.Liveness, silence >= delay ? delay : delay - silence);
    }
}
