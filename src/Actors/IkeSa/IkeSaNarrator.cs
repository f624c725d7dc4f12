using Concentrator.Actors.Node;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// Tells what happens to one IKE SA: to the log, in the words operators know, and to the node's observers. Used by its actor's thread alone.
/// </summary>
internal sealed class IkeSaNarrator(NodeLog log, NodeEvents events, TimeProvider time)
{
    private string? _repeated;
    private int _repetitions;

    public void Tell(IkeSaName ikeSa, SessionEvent happened)
    {
        Write(ikeSa, happened);
        if (events.IsObserved) events.Publish(new IkeSaHappened(time.GetUtcNow(), ikeSa, happened));
    }

    public void TellEnd(IkeSaName ikeSa, EndReason reason, bool wasEstablished)
    {
        log.Ike.IkeSaEnded(ikeSa, reason);
        if (events.IsObserved) events.Publish(new IkeSaEnded(time.GetUtcNow(), ikeSa, reason, wasEstablished));
    }

    private void Write(IkeSaName ikeSa, SessionEvent happened)
    {
        switch (happened)
        {
            case MessageReceived received:
                WriteReceived(received);
                break;
            case MessageSent sent:
                WriteSent(sent);
                break;
            case DatagramDropped dropped:
                if (log.Enc.IsEnabled(LogLevel.Information)) log.Enc.DroppedMessage(ikeSa, dropped.Reason, Printable.Text(dropped.Detail));
                break;
            case StateChanged changed when changed.From.DisplayName() != changed.To.DisplayName():
                log.Ike.IkeSaStateChange(ikeSa, changed.From.DisplayName(), changed.To.DisplayName());
                break;
            case StateChanged:
                break;
            case Remark remark:
                WriteRemark(remark);
                break;
            case IkeSaRekeyed rekeyed:
                log.Ike.IkeSaRekeyed(ikeSa, rekeyed.LocalSpi, rekeyed.RemoteSpi);
                break;
            case ChildRekeyed rekeyed:
                log.Chd.ChildSaRekeyed(rekeyed.Name, rekeyed.OldInboundSpi, rekeyed.InboundSpi, rekeyed.ByPeer ? "the peer" : "us");
                break;
            // A refusal of our own is told by the CHILD_SA, which knows the reason.
            case ChildFailed { ByPeer: false }:
                break;
            case ChildFailed failed:
                log.Chd.ChildFailed(failed.Name, failed.Notify?.RfcName() ?? "no error, but no SA either");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(happened), happened, "An event that the narrator does not know.");
        }
    }

    private void WriteReceived(MessageReceived received)
    {
        if (log.Net.IsEnabled(LogLevel.Information)) log.Net.ReceivedPacket(new HostPort(received.Path.Remote), new HostPort(received.Path.Local), received.Octets);
        if (log.Enc.IsEnabled(LogLevel.Information)) log.Enc.Parsed(Printable.Text(received.Summary));
    }

    private void WriteSent(MessageSent sent)
    {
        if (sent.Repeated) WriteRepetition(sent.Summary);
        else if (log.Enc.IsEnabled(LogLevel.Information)) log.Enc.Generating(Printable.Text(sent.Summary));
        if (log.Net.IsEnabled(LogLevel.Information)) log.Net.SendingPacket(new HostPort(sent.Path.Local), new HostPort(sent.Path.Remote), sent.Octets);
    }

    /// <summary>A repetition is the same octets again: nothing is generated.</summary>
    private void WriteRepetition(string summary)
    {
        if (MessageIdOfRequest(summary) is not { } messageId)
        {
            log.Ike.RepeatedResponse();
            return;
        }

        _repetitions = summary == _repeated ? _repetitions + 1 : 1;
        _repeated = summary;
        log.Ike.RepeatedRequest(_repetitions, messageId);
    }

    /// <summary>A summary begins like <c>IKE_AUTH request 1 [</c>.</summary>
    private static string? MessageIdOfRequest(string summary) =>
        summary.Split(' ') is [_, "request", var messageId, ..] ? messageId : null;

    private void WriteRemark(Remark remark)
    {
        LogLevel level = NodeLog.LevelOf(remark.Severity);
        ILogger logger = log.Of(remark.Tag);
        if (logger.IsEnabled(level)) logger.Remark(level, Printable.Text(remark.Text));
    }
}
