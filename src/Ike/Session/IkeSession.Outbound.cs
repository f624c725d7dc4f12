using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>What goes out: one request at a time (RFC 7296 §2.3), repeated octet by octet until answered (§2.1), and responses.</summary>
public sealed partial class IkeSession
{
    private readonly Queue<Request> _queue = new();
    private OutstandingRequest? _outstanding;
    private uint _nextOutboundId;

    /// <summary>The first error that nobody vouched for: what is told when the exchange fails at last.</summary>
    private NotifyType? _recordedError;

    private void Enqueue(Request request)
    {
        _queue.Enqueue(request);
        SendNext();
    }

    private void SendNext()
    {
        while (_outstanding is null && State is IkeSaState.Established or IkeSaState.Deleting && _queue.TryDequeue(out Request? request))
        {
            if (PayloadsOf(request) is { } payloads) SendProtected(request, payloads);
        }
    }

    /// <summary>The payloads of a request at the moment it leaves; null when it has no purpose any more.</summary>
    private List<Payload>? PayloadsOf(Request request) => request switch
    {
        CreateChildRequest create => CreateChildPayloads(create.ChildId),
        DeleteChildRequest delete => DeleteChildPayloads(delete),
        DeleteIkeRequest => [new DeletePayload(ProtocolId.Ike, [])],
        NotifyRequest notify => [new NotifyPayload(notify.Type)],
        LivenessRequest => [],
        _ => throw new InvalidOperationException($"{request.GetType().Name} is not queued."),
    };

    private void SendProtected(Request request, List<Payload> payloads)
    {
        IkeHeader header = HeaderFor(request.Exchange, isResponse: false, _nextOutboundId);
        byte[] bytes = MessageCodec.WriteProtected(header, payloads, _outbound!);
        SendFirst(request, bytes, SummaryOf(header, payloads));
    }

    private void SendFirst(Request request, byte[] bytes, string summary)
    {
        _outstanding = new OutstandingRequest(request, _nextOutboundId++, bytes, summary);
        _effects.Add(new Transmit(bytes, Path!));
        Tell(new MessageSent(summary, bytes.Length, Path!, Repeated: false));
        Arm(TimerKind.Retransmit, _context.Retransmit.WaitAfter(1)!.Value);
    }

    private void RetransmitOrGiveUp()
    {
        if (_outstanding is not { } request) return;
        request.Sent++;
        if (_context.Retransmit.WaitAfter(request.Sent) is { } wait)
        {
            _effects.Add(new Transmit(request.Bytes, Path!));
            Tell(new MessageSent(request.Summary, request.Bytes.Length, Path!, Repeated: true));
            Arm(TimerKind.Retransmit, wait);
            return;
        }

        string recorded = _recordedError is { } error ? $"; an unauthenticated {error.RfcName()} had been seen" : "";
        Say(LogTag.Ike, Severity.Warning, $"giving up after {_context.Retransmit.Tries} retransmits of message ID {request.MessageId}{recorded}");
        Finish(Trigger.TimeSpent, _endReason ?? EndReason.PeerUnreachable);
    }

    /// <summary>The outstanding request is answered: its timer and its octets go.</summary>
    private void Settle()
    {
        _outstanding = null;
        Cancel(TimerKind.Retransmit);
    }

    private void OnResponse(OutstandingRequest outstanding, IkeMessage message)
    {
        switch (outstanding.Request)
        {
            case AuthRequest auth:
                OnAuthResponse(auth, message);
                break;
            case CreateChildRequest create:
                OnCreateChildResponse(create.ChildId, message);
                break;
            case DeleteChildRequest delete:
                OnDeleteChildResponse(delete);
                break;
            case DeleteIkeRequest or NotifyRequest:
                Finish(Trigger.Refused, _endReason ?? EndReason.DeletedByUs);
                break;
            case LivenessRequest:
                break;
            default:
                throw new InvalidOperationException($"No handler for the response to {outstanding.Request.GetType().Name}.");
        }
    }

    /// <summary>Protects, sends and keeps the response; from now on a repetition of the request gets the same octets.</summary>
    private void Respond(List<Payload> payloads)
    {
        InboundRequest request = _answering ?? throw new InvalidOperationException("There is no request to answer.");
        IkeHeader header = HeaderFor(request.Header.Exchange, isResponse: true, request.Header.MessageId);
        byte[] bytes = MessageCodec.WriteProtected(header, payloads, _outbound!);
        KeepResponse(request.Digest, bytes);
        _effects.Add(new Transmit(bytes, request.Path));
        Tell(new MessageSent(SummaryOf(header, payloads), bytes.Length, request.Path, Repeated: false));
    }

    private void KeepResponse(byte[] requestDigest, byte[] response)
    {
        _lastResponse = response;
        _lastRequestDigest = requestDigest;
        _nextInboundId++;
        _answering = null;
    }

    private IkeHeader HeaderFor(ExchangeType exchange, bool isResponse, uint messageId)
    {
        IkeFlags flags = (IsInitiator ? IkeFlags.Initiator : IkeFlags.None) | (isResponse ? IkeFlags.Response : IkeFlags.None);
        (ulong initiator, ulong responder) = IsInitiator ? (LocalSpi, RemoteSpi) : (RemoteSpi, LocalSpi);
        return new IkeHeader(initiator, responder, PayloadType.None, IkeHeader.Version2, exchange, flags, messageId, 0);
    }

    private static string SummaryOf(in IkeHeader header, IReadOnlyList<Payload> payloads) => new IkeMessage(header, payloads).Summary;

    /// <summary>A request of ours: what it is about. Its payloads are made when its turn comes.</summary>
    private abstract record Request(ExchangeType Exchange);

    private sealed record InitRequest() : Request(ExchangeType.IkeSaInit);

    private sealed record AuthRequest(uint? ChildId) : Request(ExchangeType.IkeAuth);

    private sealed record CreateChildRequest(uint ChildId) : Request(ExchangeType.CreateChildSa);

    private sealed record DeleteChildRequest(uint ChildId, uint InboundSpi) : Request(ExchangeType.Informational);

    private sealed record DeleteIkeRequest() : Request(ExchangeType.Informational);

    private sealed record NotifyRequest(NotifyType Type) : Request(ExchangeType.Informational);

    private sealed record LivenessRequest() : Request(ExchangeType.Informational);

    private sealed class OutstandingRequest(Request request, uint messageId, byte[] bytes, string summary)
    {
        public Request Request { get; } = request;

        public ExchangeType Exchange => Request.Exchange;

        public uint MessageId { get; } = messageId;

        public byte[] Bytes { get; } = bytes;

        public string Summary { get; } = summary;

        /// <summary>How often it was sent.</summary>
        public int Sent { get; set; } = 1;
    }
}
