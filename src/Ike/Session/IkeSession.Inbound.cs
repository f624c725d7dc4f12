using System.Security.Cryptography;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>What comes in: which messages may be looked at, in which order that is decided, and who handles them.</summary>
public sealed partial class IkeSession
{
    /// <summary>The peer's request that is being answered; null when none is.</summary>
    private InboundRequest? _answering;

    /// <summary>The peer's next request must have this id (RFC 7296 §2.2).</summary>
    private uint _nextInboundId;

    private byte[]? _lastResponse;
    private byte[] _lastRequestDigest = [];

    private void Receive(Memory<byte> datagram, IkePath path)
    {
        if (!IkeHeader.TryRead(datagram.Span, out IkeHeader header) || header.Length != datagram.Length)
        {
            Drop(DropReason.BadLength);
            return;
        }

        if (header.Exchange == ExchangeType.IkeSaInit)
        {
            ReceiveInit(header, datagram, path);
        }
        else if (_inbound is null)
        {
            ReceiveUnprotected(header, datagram);
        }
        else if (header.IsFromOriginalInitiator == IsInitiator || SpiOfPeer(header) != RemoteSpi || SpiOfOurs(header) != LocalSpi)
        {
            // RFC 7296 §3.1: the I flag is set by the original initiator in all it sends; both SPIs name this IKE SA.
            Drop(DropReason.BadHeader);
        }
        else if (header.IsResponse)
        {
            ReceiveResponse(header, datagram, path);
        }
        else
        {
            ReceiveRequest(header, datagram, path);
        }
    }

    private ulong SpiOfPeer(in IkeHeader header) => IsInitiator ? header.ResponderSpi : header.InitiatorSpi;

    private ulong SpiOfOurs(in IkeHeader header) => IsInitiator ? header.InitiatorSpi : header.ResponderSpi;

    /// <summary>Before there are keys nobody can vouch for a message: an error in it is recorded, no more (RFC 7296 §2.21.1).</summary>
    private void ReceiveUnprotected(in IkeHeader header, Memory<byte> datagram)
    {
        ParseResult result = MessageCodec.ParseClear(datagram.Span);
        if (result.Message?.FirstErrorNotify is { } error)
        {
            _recordedError ??= error.NotifyType;
            Drop(DropReason.UnauthenticatedError, $"{header.Exchange} {error.NotifyType}");
            return;
        }

        Drop(DropReason.UnexpectedExchange);
    }

    private void ReceiveRequest(in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        if (header.MessageId + 1 == _nextInboundId && _lastResponse is not null)
        {
            RepeatResponse(datagram, path);
            return;
        }

        // RFC 7296 §2.3: the window is one; nothing outside it is answered.
        if (header.MessageId != _nextInboundId)
        {
            Drop(DropReason.OutOfWindow);
        }
        else if (_answering is not null)
        {
            Drop(DropReason.InProgress);
        }
        else if (!MayArrive(header.Exchange))
        {
            Drop(DropReason.UnexpectedExchange);
        }
        else
        {
            AcceptRequest(header, datagram, path);
        }
    }

    /// <summary>
    /// RFC 7296 §2.1: the responder repeats its response when, and only when, the request is the same octet by octet; it does nothing else.
    /// </summary>
    private void RepeatResponse(Memory<byte> datagram, IkePath path)
    {
        if (!SHA256.HashData(datagram.Span).AsSpan().SequenceEqual(_lastRequestDigest))
        {
            Drop(DropReason.OutOfWindow);
            return;
        }

        _effects.Add(new Transmit(_lastResponse, path));
        Tell(new MessageSent("response to a repeated request", _lastResponse!.Length, path, Repeated: true));
    }

    /// <summary>Which requests are legal in which state. Nothing but IKE_AUTH before the peer is authenticated (CVE-2014-2338's class).</summary>
    private bool MayArrive(ExchangeType exchange) => exchange switch
    {
        ExchangeType.IkeAuth => State == IkeSaState.InitAnswered,
        ExchangeType.CreateChildSa => State == IkeSaState.Established,
        ExchangeType.Informational => State is IkeSaState.Established or IkeSaState.Deleting,
        _ => false,
    };

    private void AcceptRequest(in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        byte[] digest = SHA256.HashData(datagram.Span);
        ParseResult result = MessageCodec.ParseProtected(datagram.Span, _inbound!);
        if (result.Status is ParseStatus.Malformed or ParseStatus.NotAuthentic)
        {
            // RFC 7296 §2.21.3 vouches only for what the integrity check covers: anything else moves no counter.
            Drop(result.Status == ParseStatus.Malformed ? DropReason.Malformed : DropReason.NotAuthentic);
            return;
        }

        _lastHeard = _now;
        _answering = new InboundRequest(header, digest, path);
        if (result.Status == ParseStatus.UnsupportedCritical)
        {
            RefuseUnsupportedCritical(header.Exchange, result.OffendingPayload!.Value);
        }
        else if (result.Message is not { } message || !PayloadRules.Check(header.Exchange, isResponse: false, message))
        {
            RefuseInvalidSyntax();
        }
        else
        {
            Tell(new MessageReceived(message.Summary, datagram.Length, path, Repeated: false));
            AnswerRequest(message);
        }
    }

    private void AnswerRequest(IkeMessage message)
    {
        switch (message.Header.Exchange)
        {
            case ExchangeType.IkeAuth:
                AnswerAuth(message);
                break;
            case ExchangeType.CreateChildSa:
                AnswerCreateChild(message);
                break;
            default:
                AnswerInformational(message);
                break;
        }
    }

    /// <summary>RFC 7296 §2.5: the whole message is rejected; §2.21.2: during authentication that is the end.</summary>
    private void RefuseUnsupportedCritical(ExchangeType exchange, PayloadType type)
    {
        Say(LogTag.Enc, Severity.Warning, $"critical payload of unknown type {(byte)type}");
        Respond([new NotifyPayload(NotifyType.UnsupportedCriticalPayload, new[] { (byte)type })]);
        if (exchange == ExchangeType.IkeAuth) Bury(Trigger.AuthenticationRefused, EndReason.UnsupportedCriticalPayload);
    }

    /// <summary>RFC 7296 §2.21.3: a request that is authentic but malformed ends the IKE SA on both sides, without a Delete.</summary>
    private void RefuseInvalidSyntax()
    {
        Say(LogTag.Enc, Severity.Warning, "authentic but malformed request");
        Respond([new NotifyPayload(NotifyType.InvalidSyntax)]);
        if (State == IkeSaState.Deleting) return;
        Bury(State == IkeSaState.Established ? Trigger.Refused : Trigger.AuthenticationRefused, EndReason.InvalidSyntax);
    }

    private void ReceiveResponse(in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        if (_outstanding is not { } request || request.MessageId != header.MessageId || request.Exchange != header.Exchange)
        {
            Drop(DropReason.UnexpectedResponse);
            return;
        }

        ParseResult result = MessageCodec.ParseProtected(datagram.Span, _inbound!);
        if (result.Status is ParseStatus.Malformed or ParseStatus.NotAuthentic)
        {
            NoteUnauthenticated(header, datagram, result.Status);
            return;
        }

        _lastHeard = _now;
        Settle();
        if (result.Message is not { } message || !PayloadRules.Check(header.Exchange, isResponse: true, message))
        {
            // RFC 7296 §2.21: no error message answers a response; what it was about cannot be trusted any more.
            Say(LogTag.Enc, Severity.Warning, "authentic but malformed response");
            Finish(Trigger.Abandoned, EndReason.InvalidSyntax);
            return;
        }

        Tell(new MessageReceived(message.Summary, datagram.Length, path, Repeated: false));
        OnResponse(request, message);
        SendNext();
    }

    /// <summary>RFC 7296 §2.21.2, row S5: an error that anybody could have sent is recorded; the exchange goes on waiting.</summary>
    private void NoteUnauthenticated(in IkeHeader header, Memory<byte> datagram, ParseStatus status)
    {
        if (status == ParseStatus.Malformed && MessageCodec.ParseClear(datagram.Span).Message?.FirstErrorNotify is { } error)
        {
            _recordedError ??= error.NotifyType;
            Drop(DropReason.UnauthenticatedError, $"{header.Exchange} {error.NotifyType}");
            return;
        }

        Drop(status == ParseStatus.Malformed ? DropReason.Malformed : DropReason.NotAuthentic);
    }

    /// <summary>A request of the peer that waits for its response.</summary>
    private sealed record InboundRequest(IkeHeader Header, byte[] Digest, IkePath Path);
}
