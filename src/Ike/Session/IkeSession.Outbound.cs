using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>What goes out: one request at a time (RFC 7296 §2.3), repeated octet by octet until answered (§2.1), and responses.</summary>
public sealed partial class IkeSession
{
    private readonly Queue<Request> _queue = new();

    /// <summary>The first error that nobody vouched for: what is told when the exchange fails at last.</summary>
    private NotifyType? _recordedError;

    private void Enqueue(Request request)
    {
        _queue.Enqueue(request);
        SendNext();
    }

    private void SendNext()
    {
        while (_sa.Outstanding is null && !WaitsToSend && State is IkeSaState.Established or IkeSaState.Deleting && _queue.TryDequeue(out Request? request))
        {
            if (PayloadsOf(request) is { } payloads) SendProtected(_sa, request, payloads);
        }
    }

    /// <summary>The payloads of a request at the moment it leaves; null when it has no purpose any more.</summary>
    private List<Payload>? PayloadsOf(Request request) => request switch
    {
        CreateChildRequest create => CreateChildPayloads(create.ChildId),
        RekeyIkeRequest => RekeyIkePayloads(),
        DeleteChildRequest delete => DeleteChildPayloads(delete),
        DeleteIkeRequest => [new DeletePayload(ProtocolId.Ike, [])],
        NotifyRequest notify => [new NotifyPayload(notify.Type)],
        InvalidSpiRequest stray => [new NotifyPayload(NotifyType.InvalidSpi, SpiOctets(stray.Spi))],
        CrashTokenRequest => [.. CrashTokenPayload(_sa)],
        RedirectRequest redirect => [new NotifyPayload(NotifyType.Redirect, redirect.Gateway)],
        LivenessRequest => [.. ViewOfAddresses()],
        AddressRequest => [.. ConfigurationRequest()],
        UpdateAddressesRequest update => UpdateAddressesPayloads(update),
        AddressListRequest => [.. AddressList()],
        RoutabilityRequest routability => RoutabilityPayloads(routability),
        _ => throw new InvalidOperationException($"{request.GetType().Name} is not queued."),
    };

    private void SendProtected(IkeSa sa, Request request, List<Payload> payloads)
    {
        IkeHeader header = sa.HeaderFor(request.Exchange, isResponse: false, sa.NextOutboundId);
        SendFirst(sa, new OutstandingRequest(request, sa.NextOutboundId++, Protect(sa, header, payloads, Path!), SummaryOf(header, payloads), payloads));
    }

    /// <summary>RFC 7296 §2.2: before the ids grow too large the IKE SA is rekeyed. A rekeying that was refused comes again by its own timer.</summary>
    private void RekeyBeforeMessageIdsEnd()
    {
        if (_endTrigger is null && _failedRekeys == 0 && Math.Max(_sa.NextOutboundId, _sa.NextInboundId) >= _context.MessageIdLimit) RequestIkeRekey();
    }

    private void SendFirst(IkeSa sa, OutstandingRequest request)
    {
        sa.Outstanding = request;
        if (request.Request is not (InitRequest or AuthRequest)) WriteAhead(changesState: request.Request is not LivenessRequest);
        Send(request.Datagrams, request.Summary, Path!, repeated: false);
        Arm(TimerKind.Retransmit, _context.Retransmit.WaitAfter(1)!.Value, number: sa.Generation);
    }

    private void RetransmitOrGiveUp(byte generation)
    {
        IkeSa? sa = _sa.Generation == generation ? _sa : _replaced.Find(s => s.Generation == generation);
        if (sa?.Outstanding is not { } request) return;
        request.Sent++;
        if (_context.Retransmit.WaitAfter(request.Sent) is { } wait)
        {
            if (request.Sent == TriesBeforeCuttingSmaller) CutSmaller(sa, request);
            Send(request.Datagrams, request.Summary, WayOfRepetition(sa, request), repeated: true);
            Arm(TimerKind.Retransmit, wait, number: generation);
            return;
        }

        if (sa != _sa)
        {
            // The peer lives in the IKE SA that replaced this one, or that one will find out.
            ForgetReplaced(generation);
            return;
        }

        string recorded = _recordedError is { } error ? $"; an unauthenticated {error.RfcName()} had been seen" : "";
        Say(LogTag.Ike, Severity.Warning, $"giving up after {_context.Retransmit.Tries} retransmits of message ID {request.MessageId}{recorded}");
        Follow(c => c.DpdAction);
        Finish(Trigger.TimeSpent, _endReason ?? EndReason.PeerUnreachable);
    }

    private void Send(IReadOnlyList<byte[]> datagrams, string summary, IkePath path, bool repeated)
    {
        foreach (byte[] datagram in datagrams) _effects.Add(new Transmit(datagram, path));
        if (path == Path) _lastSent = _now;
        Tell(new MessageSent(summary, datagrams.Sum(d => d.Length), path, repeated));
    }

    /// <summary>The outstanding request is answered: its timer and its octets go.</summary>
    private void Settle(IkeSa sa)
    {
        _isUnwritten |= sa.Outstanding is { IsWritten: true };
        sa.Outstanding = null;
        Cancel(TimerKind.Retransmit, number: sa.Generation);
    }

    private void OnResponse(IkeSa sa, OutstandingRequest outstanding, IkeMessage message, IkePath path)
    {
        switch (outstanding.Request)
        {
            case AuthRequest auth:
                OnAuthResponse(auth, message);
                break;
            case CreateChildRequest create:
                OnCreateChildResponse(sa, create.ChildId, message);
                break;
            case RekeyIkeRequest:
                OnRekeyIkeResponse(sa, message);
                break;
            case DeleteIkeRequest when sa != _sa:
                ForgetReplaced(sa.Generation);
                break;
            case DeleteChildRequest delete:
                OnDeleteChildResponse(delete, message);
                break;
            case DeleteIkeRequest or NotifyRequest:
                Finish(Trigger.Refused, _endReason ?? EndReason.DeletedByUs);
                break;
            case RedirectRequest:
                AwaitLeaving();
                break;
            case LivenessRequest:
                CompareViewOfAddresses(message);
                break;
            case AddressRequest:
                OnAddressResponse(message);
                break;
            case UpdateAddressesRequest update:
                OnUpdateAddressesResponse(update, message, path);
                break;
            case RoutabilityRequest routability:
                OnRoutabilityResponse(routability, message);
                break;
            case AddressListRequest or InvalidSpiRequest or CrashTokenRequest:
                break;
            default:
                throw new InvalidOperationException($"No handler for the response to {outstanding.Request.GetType().Name}.");
        }
    }

    /// <summary>Protects, sends and keeps the response; from now on a repetition of the request gets the same octets.</summary>
    private void Respond(List<Payload> payloads)
    {
        InboundRequest request = _answering ?? throw new InvalidOperationException("There is no request to answer.");
        IkeHeader header = request.Sa.HeaderFor(request.Header.Exchange, isResponse: true, request.Header.MessageId);
        IReadOnlyList<byte[]> datagrams = Protect(request.Sa, header, payloads, request.Path);
        bool mayBeCut = _fragmentation && datagrams.Any(d => d.Length > SmallestIpv4Packet - Ipv4Headers);
        request.Sa.KeepResponse(request.Digest, new KeptResponse(header, mayBeCut ? payloads : [], datagrams));
        WriteAhead(changesState: !request.IsEmpty);
        Announce();
        Send(datagrams, SummaryOf(header, payloads), request.Path, repeated: false);
    }

    private static string SummaryOf(in IkeHeader header, IReadOnlyList<Payload> payloads) => new IkeMessage(header, payloads).Summary;
}
