using Concentrator.Ike.Session;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>
/// Every line this project logs, in the words operators know from other IKE daemons. Event ids: 1 network, 2 messages, 3 IKE SAs, 4 children,
/// 5 kernel, 6 connections, 7 node; each with two digits behind. Messages, IKE SAs and children are here, the others in files of their own. Arguments that a peer may have shaped come through <see cref="Printable"/>.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Information, "parsed {Summary}")]
    public static partial void Parsed(this ILogger log, string summary);

    [LoggerMessage(201, LogLevel.Information, "generating {Summary}")]
    public static partial void Generating(this ILogger log, string summary);

    [LoggerMessage(202, LogLevel.Information, "dropped message of {IkeSa}: {Reason} ({Detail})")]
    public static partial void DroppedMessage(this ILogger log, IkeSaName ikeSa, DropReason reason, string detail);

    [LoggerMessage(300, LogLevel.Information, "IKE_SA {IkeSa} state change: {From} => {To}")]
    public static partial void IkeSaStateChange(this ILogger log, IkeSaName ikeSa, string from, string to);

    [LoggerMessage(301, LogLevel.Information, "IKE_SA {IkeSa} ended: {Reason}")]
    public static partial void IkeSaEnded(this ILogger log, IkeSaName ikeSa, EndReason reason);

    [LoggerMessage(302, LogLevel.Error, "IKE_SA {IkeSa} failed and is given up")]
    public static partial void IkeSaFailed(this ILogger log, Exception cause, IkeSaName ikeSa);

    [LoggerMessage(303, LogLevel.Error, "CHILD_SA actor {ChildId} of IKE_SA {IkeSa} died: the IKE_SA is given up")]
    public static partial void ChildActorDied(this ILogger log, IkeSaName ikeSa, uint childId);

    [LoggerMessage(304, LogLevel.Warning, "IKE_SA {IkeSa} waits no longer for its children to leave the kernel")]
    public static partial void ChildrenLinger(this ILogger log, IkeSaName ikeSa);

    [LoggerMessage(306, LogLevel.Information, "retransmit {Repetition} of request with message ID {MessageId}")]
    public static partial void RepeatedRequest(this ILogger log, int repetition, string messageId);

    [LoggerMessage(307, LogLevel.Information, "received retransmit of request, retransmitting response")]
    public static partial void RepeatedResponse(this ILogger log);

    [LoggerMessage(308, LogLevel.Information, "IKE_SA {IkeSa} rekeyed: SPIs {Local:x16}_l {Remote:x16}_r")]
    public static partial void IkeSaRekeyed(this ILogger log, IkeSaName ikeSa, ulong local, ulong remote);

    [LoggerMessage(EventId = 305, Message = "{Text}")]
    public static partial void Remark(this ILogger log, LogLevel level, string text);

    [LoggerMessage(400, LogLevel.Information, "CHILD_SA {Child} state change: {From} => {To}")]
    public static partial void ChildSaStateChange(this ILogger log, ChildSaName child, string from, string to);

    [LoggerMessage(401, LogLevel.Information, "CHILD_SA {Child} established with SPIs {Inbound:x8}_i {Outbound:x8}_o and TS {Local} === {Remote}")]
    public static partial void ChildSaEstablished(this ILogger log, ChildSaName child, uint inbound, uint outbound, string local, string remote);

    [LoggerMessage(402, LogLevel.Warning, "CHILD_SA {Child}: the kernel refused {Step}: {Verdict}")]
    public static partial void ChildSaRefused(this ILogger log, ChildSaName child, string step, string verdict);

    [LoggerMessage(403, LogLevel.Warning, "CHILD_SA {Name} refused by the peer: {Notify}")]
    public static partial void ChildFailed(this ILogger log, string name, string notify);

    [LoggerMessage(404, LogLevel.Error, "CHILD_SA {Child}: no answer from the kernel actor to {Waiting}")]
    public static partial void KernelActorSilent(this ILogger log, ChildSaName child, string waiting);

    [LoggerMessage(405, LogLevel.Information, "CHILD_SA {Name} rekeyed by {By}: {Old:x8} => {New:x8}")]
    public static partial void ChildSaRekeyed(this ILogger log, string name, uint old, uint @new, string by);

    [LoggerMessage(406, LogLevel.Information, "updown {Name}: {Line}")]
    public static partial void UpdownSays(this ILogger log, string name, string line);

    [LoggerMessage(407, LogLevel.Error, "updown {Name} failed: {Fault}")]
    public static partial void UpdownFailed(this ILogger log, string name, string fault);
}
