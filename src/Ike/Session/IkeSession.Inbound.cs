using System.Security.Cryptography;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>What comes in: which messages may be looked at, in which order that is decided, and who handles them.</summary>
public sealed partial class IkeSession
{
    /// <summary>The peer's request that is being looked at now; one that waits for the kernel keeps its own in <see cref="PendingAnswer"/>.</summary>
    private InboundRequest? _answering;

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
        else if (_sa.Inbound is null)
        {
            ReceiveUnprotected(header, datagram);
        }
        else if (FindSa(header) is not { } sa)
        {
            Drop(DropReason.BadHeader);
        }
        else if (header.IsResponse)
        {
            ReceiveResponse(sa, header, datagram, path);
        }
        else
        {
            ReceiveRequest(sa, header, datagram, path);
        }
    }

    /// <summary>RFC 7296 §3.1: both SPIs name the IKE SA, and the I flag is set by its initiator in all it sends.</summary>
    private IkeSa? FindSa(in IkeHeader header)
    {
        (ulong local, ulong remote) = header.IsFromOriginalInitiator
            ? (header.ResponderSpi, header.InitiatorSpi)
            : (header.InitiatorSpi, header.ResponderSpi);
        IkeSa? sa = _sa.LocalSpi == local ? _sa : _replaced.Find(s => s.LocalSpi == local) ?? _rekeyedByPeer?.Sa;
        return sa is not null && sa.LocalSpi == local && sa.RemoteSpi == remote && sa.IsInitiator != header.IsFromOriginalInitiator ? sa : null;
    }

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

    private void ReceiveRequest(IkeSa sa, in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        if (TakesSynchronization(sa, header, datagram, path)) return;
        if (header.MessageId + 1 == sa.NextInboundId && sa.LastResponse is not null)
        {
            RepeatResponse(sa, datagram, path);
            return;
        }

        // RFC 7296 §2.3: the window is one; nothing outside it is answered. Nor is anything as long as it is not known where the window is (RFC 6311).
        if (header.MessageId != sa.NextInboundId || _resumption == Resumption.Synchronizing && sa == _sa)
        {
            Drop(DropReason.OutOfWindow);
        }
        else if (sa.Answering is not null)
        {
            Drop(DropReason.InProgress);
        }
        else if (!MayArrive(header.Exchange))
        {
            Drop(DropReason.UnexpectedExchange);
        }
        else
        {
            AcceptRequest(sa, header, datagram, path);
        }
    }

    /// <summary>
    /// RFC 7296 §2.1: the responder repeats its response when, and only when, the request is the same octet by octet; it does nothing else.
    /// </summary>
    private void RepeatResponse(IkeSa sa, Memory<byte> datagram, IkePath path)
    {
        // RFC 7383 §2.6.1: of a fragmented request the first fragment counts, however it is cut this time.
        bool isRepeated = SHA256.HashData(datagram.Span).AsSpan().SequenceEqual(sa.LastRequestDigest)
            || (_fragmentation && sa.Inbound is not null && MessageCodec.IsAuthenticFirstFragment(datagram.Span, sa.Inbound));
        if (!isRepeated)
        {
            Drop(DropReason.OutOfWindow);
            return;
        }

        // The first repetition answers the second try.
        if (++sa.ResponseRepeats == TriesBeforeCuttingSmaller - 1) CutSmaller(sa, sa.LastResponse!, path);
        Send(sa.LastResponse!.Datagrams, "response to a repeated request", path, repeated: true);
    }

    /// <summary>Which requests are legal in which state. Nothing but IKE_AUTH before the peer is authenticated (CVE-2014-2338's class).</summary>
    private bool MayArrive(ExchangeType exchange) => exchange switch
    {
        ExchangeType.IkeAuth => State == IkeSaState.InitAnswered,
        ExchangeType.CreateChildSa => State is IkeSaState.Established or IkeSaState.Deleting,
        ExchangeType.Informational => State is IkeSaState.Established or IkeSaState.Deleting,
        _ => false,
    };

    private void AcceptRequest(IkeSa sa, in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        // RFC 7296 §2.21.3 vouches only for what the integrity check covers: anything else moves no counter.
        if (Open(sa, header, datagram, path, out byte[] digest) is not { } result) return;
        bool isEmpty = result.Message is { Payloads.Count: 0 };
        if (isEmpty && MayBeOld && sa == _sa)
        {
            Drop(DropReason.OutOfWindow, "before the message ids are agreed upon");
            return;
        }

        _lastHeard = _now;
        FollowPeer(sa, path);
        _answering = sa.Answering = new InboundRequest(sa, header, digest, path, isEmpty);
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
            List<uint> shown = ShownBy(sa);
            AnswerRequest(message);
            shown.ForEach(Confirm);
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
        if (_answering?.Sa is { } sa && sa != _sa)
        {
            ForgetReplaced(sa.Generation);
            return;
        }

        Bury(State == IkeSaState.Established ? Trigger.Refused : Trigger.AuthenticationRefused, EndReason.InvalidSyntax);
    }

    private void ReceiveResponse(IkeSa sa, in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        if (ShowsCrash(sa, header, datagram) || TakesSynchronizationResponse(sa, header, datagram, path)) return;
        if (sa.Outstanding is not { } request || request.MessageId != header.MessageId || request.Exchange != header.Exchange)
        {
            Drop(DropReason.UnexpectedResponse);
            return;
        }

        if (Open(sa, header, datagram, path, out _) is not { } result) return;

        _lastHeard = _now;
        FollowPeer(sa, path);
        Settle(sa);
        AdoptProbedWay(sa, path);
        if (result.Message is not { } message || !PayloadRules.Check(header.Exchange, isResponse: true, message))
        {
            Say(LogTag.Enc, Severity.Warning, "authentic but malformed response");
            GiveUpMalformed(sa);
            return;
        }

        Tell(new MessageReceived(message.Summary, datagram.Length, path, Repeated: false));
        if (State == IkeSaState.Established && sa == _sa && FatalNotify(message) is { } fatal)
        {
            // RFC 7296 §2.21.3: what the peer says of our request is the end on both sides, without a Delete.
            Say(LogTag.Ike, Severity.Warning, $"received {fatal.NotifyType.RfcName()} notify error");
            Bury(Trigger.Refused, ReasonOf(fatal));
            return;
        }

        OnResponse(sa, request, message, path);
        GoOnResuming();
        SendNext();
    }

    /// <summary>RFC 7296 §2.21: no error message answers a response; a Delete clears away what it was about.</summary>
    private void GiveUpMalformed(IkeSa sa)
    {
        if (sa != _sa) ForgetReplaced(sa.Generation);
        else if (State == IkeSaState.Established) BeginClose(EndReason.InvalidSyntax);
        else Finish(Trigger.Abandoned, EndReason.InvalidSyntax);
    }

    /// <summary>RFC 7296 §2.21: of the errors only these two end an authenticated IKE SA without a Delete.</summary>
    private static NotifyPayload? FatalNotify(IkeMessage message) =>
        message.Notifies.FirstOrDefault(n => n.NotifyType is NotifyType.AuthenticationFailed or NotifyType.InvalidSyntax);

    private static EndReason ReasonOf(NotifyPayload fatal) =>
        fatal.NotifyType == NotifyType.AuthenticationFailed ? EndReason.AuthenticationFailed : EndReason.InvalidSyntax;

    /// <summary>RFC 7296 §2.21.2, row S5: an error that anybody could have sent is recorded; the exchange goes on waiting.</summary>
    private void NoteUnauthenticated(in IkeHeader header, Memory<byte> datagram, ParseStatus status)
    {
        if (status == ParseStatus.Malformed && header.IsResponse && MessageCodec.ParseClear(datagram.Span).Message?.FirstErrorNotify is { } error)
        {
            _recordedError ??= error.NotifyType;
            Drop(DropReason.UnauthenticatedError, $"{header.Exchange} {error.NotifyType}");
            return;
        }

        Drop(status == ParseStatus.Malformed ? DropReason.Malformed : DropReason.NotAuthentic);
    }
}
