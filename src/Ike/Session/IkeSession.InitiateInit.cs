using System.Buffers.Binary;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>IKE_SA_INIT as initiator (RFC 7296 §1.2, §2.6, §2.7).</summary>
public sealed partial class IkeSession
{
    private InitExchange? _init;

    /// <summary>This is the only IKE SA we have with the peer (RFC 7296 §2.4).</summary>
    private bool _initialContact;

    private bool _peerKnowsChildless;

    private void StartInit(Initiate initiate)
    {
        if (State != IkeSaState.Created) return;
        IsInitiator = _sa.IsInitiator = true;
        _connection = initiate.Connection;
        _initialContact = initiate.InitialContact;
        Path = initiate.Path;
        (_redirectedFrom, _redirects) = (initiate.RedirectedFrom, initiate.Redirects);
        foreach (string name in initiate.Children) _wanted.Add(name);
        MoveTo(Trigger.Initiate);

        _init = new InitExchange
        {
            Offered = ProposalFilter.Apply(initiate.Connection.Proposals, _context.IsUsableForIke),
            NonceInitiator = new byte[InitExchange.NonceLength],
        };
        _context.Random.Fill(_init.NonceInitiator);
        SendInit((KeyExchangeMethod)_init.Offered[0].OfType(TransformType.KeyExchangeMethod).First().Id);
    }

    private void SendInit(KeyExchangeMethod method)
    {
        InitExchange init = _init!;
        if (init.KeyExchange?.Method != method)
        {
            init.KeyExchange?.Dispose();
            init.KeyExchange = KeyExchanges.Generate(method, _context.Random);
            init.TriedMethods.Add(method);
        }

        List<Payload> payloads = [];
        // RFC 7296 §2.6: the cookie comes first, everything else is unchanged.
        if (!init.Cookie.IsEmpty) payloads.Add(new NotifyPayload(NotifyType.Cookie, init.Cookie));
        payloads.Add(new SaPayload(init.Offered));
        payloads.Add(new KePayload(method, init.KeyExchange.PublicValue));
        payloads.Add(new NoncePayload(init.NonceInitiator));
        payloads.AddRange(NatDetectionPayloads(LocalSpi, 0, Path!, _connection!.ForceEncapsulation));
        payloads.AddRange(RedirectPayloads());
        payloads.AddRange(FragmentationPayload(_connection.Fragmentation != FragmentationPolicy.No));
        payloads.Add(SignatureHashesPayload());

        IkeHeader header = _sa.HeaderFor(ExchangeType.IkeSaInit, isResponse: false, 0);
        init.RequestBytes = MessageCodec.WriteClear(header, payloads);
        _sa.NextOutboundId = 0;
        // RFC 7383 §2.5: IKE_SA_INIT is never fragmented.
        SendFirst(_sa, new OutstandingRequest(new InitRequest(), _sa.NextOutboundId++, [init.RequestBytes], SummaryOf(header, payloads), payloads: null));
    }

    private void ReceiveInit(in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        if (header.IsResponse)
        {
            // A late or forged IKE_SA_INIT changes nothing once there are keys.
            if (State == IkeSaState.InitRequested && !header.IsFromOriginalInitiator && header.InitiatorSpi == LocalSpi && header.MessageId == 0)
                OnInitResponse(datagram, path);
            else
                Drop(DropReason.UnexpectedResponse);
        }
        else if (State == IkeSaState.Created)
        {
            AnswerInit(header, datagram, path);
        }
        else
        {
            RepeatInitResponse(datagram, path);
        }
    }

    private void OnInitResponse(Memory<byte> datagram, IkePath path)
    {
        ParseResult result = MessageCodec.ParseClear(datagram.Span);
        if (result.Message is not { } message || !PayloadRules.Check(ExchangeType.IkeSaInit, isResponse: true, message))
        {
            Drop(DropReason.Malformed);
            return;
        }

        Tell(new MessageReceived(message.Summary, datagram.Length, path, Repeated: false));
        if (message.Notify(NotifyType.Cookie) is { } cookie)
        {
            RestartWithCookie(cookie);
        }
        else if (message.Notify(NotifyType.InvalidKePayload) is { } invalidKe)
        {
            RestartWithMethod(invalidKe);
        }
        else if (message.Notify(NotifyType.Redirect) is { } redirect)
        {
            FollowInitRedirect(redirect);
        }
        else if (message.FirstErrorNotify is { } error)
        {
            // RFC 7296 §2.21.1: nobody vouches for this. A forger must not end the exchange; the answer may still come.
            _recordedError ??= error.NotifyType;
            Say(LogTag.Ike, Severity.Warning, $"received {error.NotifyType.RfcName()} notify error before authentication: recorded, waiting on");
            Drop(DropReason.UnauthenticatedError, $"IKE_SA_INIT {error.NotifyType}");
        }
        else
        {
            AcceptInitResponse(message, datagram, path);
        }
    }

    private void RestartWithCookie(NotifyPayload cookie)
    {
        // RFC 7296 §2.6: 1 to 64 octets; the number of rounds is ours to bound.
        if (cookie.Data.Length is < 1 or > 64 || _init!.Restarts++ >= InitExchange.RestartLimit)
        {
            Drop(DropReason.UnauthenticatedError, "COOKIE");
            return;
        }

        _init.Cookie = cookie.Data;
        Settle(_sa);
        SendInit(_init.KeyExchange!.Method);
    }

    private void RestartWithMethod(NotifyPayload invalidKe)
    {
        // RFC 7296 §1.2: the full set is offered again; a group that was not in it, or was tried before, is refused.
        KeyExchangeMethod method = invalidKe.Data.Length == 2
            ? (KeyExchangeMethod)BinaryPrimitives.ReadUInt16BigEndian(invalidKe.Data.Span)
            : KeyExchangeMethod.None;
        if (!IsOffered(method) || _init!.TriedMethods.Contains(method) || _init.Restarts++ >= InitExchange.RestartLimit)
        {
            _recordedError ??= NotifyType.InvalidKePayload;
            Drop(DropReason.UnauthenticatedError, $"INVALID_KE_PAYLOAD {(ushort)method}");
            return;
        }

        Say(LogTag.Ike, Severity.Info, $"peer wants key exchange method {method}");
        Settle(_sa);
        SendInit(method);
    }

    private bool IsOffered(KeyExchangeMethod method) =>
        _init!.Offered.Any(p => p.OfType(TransformType.KeyExchangeMethod).Any(t => t.Id == (ushort)method))
        && KeyExchanges.IsSupported(method);

    /// <summary>A forged answer can be as wrong as it likes: it is dropped, and the true one still counts.</summary>
    private void AcceptInitResponse(IkeMessage message, Memory<byte> datagram, IkePath path)
    {
        InitExchange init = _init!;
        IkeSuite? suite = ProposalSelection.AcceptIke(init.Offered, message.Find<SaPayload>()!.Proposals);
        KePayload ke = message.Find<KePayload>()!;
        if (suite is null || ke.Method != suite.KeyExchange || ke.Method != init.KeyExchange!.Method || message.Header.ResponderSpi == 0)
        {
            Say(LogTag.Ike, Severity.Warning, "the answer is not a choice from what was offered: ignored");
            Drop(DropReason.UnauthenticatedError, "IKE_SA_INIT proposal");
            return;
        }

        using Secret? shared = init.KeyExchange.Agree(ke.Data.Span);
        if (shared is null)
        {
            // RFC 6989 §2: a public value outside the group is never computed on.
            Say(LogTag.Ike, Severity.Warning, $"public value for {ke.Method} is invalid: ignored");
            Drop(DropReason.UnauthenticatedError, "IKE_SA_INIT public value");
            return;
        }

        Settle(_sa);
        _sa.RemoteSpi = message.Header.ResponderSpi;
        init.NonceResponder = message.Find<NoncePayload>()!.Data.ToArray();
        init.ResponseBytes = datagram.ToArray();
        TakeKeys(suite, shared, init);
        NoteSignatureWishes(message);
        _peerKnowsChildless = message.Notify(NotifyType.ChildlessIkev2Supported) is not null;
        AgreeOnFragmentation(message);
        DetectNat(message, path);
        FloatToNatPort();
        MoveTo(Trigger.InitResponseAccepted);
        StartAuth();
    }

    private void TakeKeys(IkeSuite suite, Secret shared, InitExchange init)
    {
        (ulong spiI, ulong spiR) = _sa.Spis;
        _sa.TakeKeys(suite, IkeKeys.Derive(suite, shared, init.NonceInitiator, init.NonceResponder, spiI, spiR), _context.Random, _incarnation);
        _context.KeyLog?.AddIkeSa(spiI, spiR, suite, _sa.Keys!);
        init.KeyExchange?.Dispose();
        init.KeyExchange = null;
        Say(LogTag.Ike, Severity.Info, $"selected proposal: {ProposalText.Of(suite)}");
    }
}
