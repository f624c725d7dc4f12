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
            if (TakeDeleteOfReplaced(_answering!.Sa)) return;
            // RFC 7296 §1.4.1: the answer is empty; the children go without being named.
            Say(LogTag.Ike, Severity.Info, $"received DELETE for IKE_SA {Name}");
            Respond([]);
            Follow(c => c.CloseAction);
            Bury(Trigger.DeletedByPeer, _endReason ?? EndReason.DeletedByPeer);
            return;
        }

        foreach (NotifyPayload notify in message.Notifies.Where(n => n.NotifyType.IsError()))
            Say(LogTag.Ike, Severity.Warning, $"received {notify.NotifyType.RfcName()} notify error");

        TakeCrashToken(_answering!.Sa, message);
        List<Payload> answer = AnswerMobike(message);
        NotifyPayload? fatal = FatalNotify(message);
        if (deletes.Count > 0)
        {
            AnswerChildDeletes([.. deletes.Where(d => d.Protocol == ProtocolId.Esp).SelectMany(d => d.Spis).Distinct()]);
        }
        else if (!AnswerConfiguration(message, answer))
        {
            Respond(answer);
            HeedRedirect(message);
            ActOnUpdate(message);
        }

        if (message.Notify(NotifyType.InvalidSpi) is { } stray) HeedInvalidSpi(stray);
        if (fatal is not null && State == IkeSaState.Established)
            Bury(Trigger.Refused, ReasonOf(fatal));
    }
}
