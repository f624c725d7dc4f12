using System.Buffers.Binary;
using System.Security.Cryptography;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>IKE_SA_INIT as responder (RFC 7296 §1.2). Cookies and limits were the router's work, before this session existed.</summary>
public sealed partial class IkeSession
{
    /// <summary>The connections that fit the addresses; the peer's identity chooses among them.</summary>
    private IReadOnlyList<ConnectionConfig> _candidates = [];

    private void AnswerInit(in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        _sa.RemoteSpi = header.InitiatorSpi;
        Path = path;
        ParseResult result = MessageCodec.ParseClear(datagram.Span);
        if (result.Status == ParseStatus.UnsupportedCritical)
        {
            RefuseInit(NotifyType.UnsupportedCriticalPayload, [(byte)result.OffendingPayload!.Value], EndReason.UnsupportedCriticalPayload);
            return;
        }

        if (result.Message is not { } message || !PayloadRules.Check(ExchangeType.IkeSaInit, isResponse: false, message))
        {
            // RFC 7296 §3.10.1: INVALID_SYNTAX is for protected messages; this one is dropped.
            Drop(DropReason.Malformed);
            Finish(Trigger.Abandoned, EndReason.InvalidSyntax);
            return;
        }

        Tell(new MessageReceived(message.Summary, datagram.Length, path, Repeated: false));
        _candidates = ConnectionLookup.FindForInit(_context.Config, path.Local.Address, path.Remote.Address);
        KePayload ke = message.Find<KePayload>()!;
        if (ChooseSuite(message.Find<SaPayload>()!.Proposals, ke.Method) is not var (suite, answer))
        {
            Say(LogTag.Ike, Severity.Warning, _candidates.Count == 0
                ? $"no connection for {path.Local.Address}...{path.Remote.Address}"
                : "no acceptable IKE proposal");
            RefuseInit(NotifyType.NoProposalChosen, [], _candidates.Count == 0 ? EndReason.NoConnection : EndReason.NoProposalChosen);
        }
        else if (suite.KeyExchange != ke.Method)
        {
            byte[] wanted = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(wanted, (ushort)suite.KeyExchange);
            RefuseInit(NotifyType.InvalidKePayload, wanted, EndReason.InvalidKePayload);
        }
        else
        {
            CompleteInit(message, datagram, path, suite, answer);
        }
    }

    private (IkeSuite Suite, Proposal Answer)? ChooseSuite(IReadOnlyList<Proposal> offered, KeyExchangeMethod method)
    {
        foreach (ConnectionConfig candidate in _candidates)
        {
            IReadOnlyList<Proposal> ours = ProposalFilter.Apply(candidate.Proposals, _context.IsUsableForIke);
            if (ProposalSelection.ChooseIke(ours, offered, method, out Proposal? answer) is { } suite) return (suite, answer!);
        }

        return null;
    }

    /// <summary>RFC 7296 §2.6: such an answer is unprotected and names no responder SPI; no state is kept.</summary>
    private void RefuseInit(NotifyType type, byte[] data, EndReason reason)
    {
        var header = new IkeHeader(
            RemoteSpi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Response, 0, 0);
        Payload[] payloads = [new NotifyPayload(type, data)];
        byte[] bytes = MessageCodec.WriteClear(header, payloads);
        _effects.Add(new Transmit(bytes, Path!));
        Tell(new MessageSent(SummaryOf(header, payloads), bytes.Length, Path!, Repeated: false));
        Finish(Trigger.Refused, reason);
    }

    private void CompleteInit(IkeMessage message, Memory<byte> datagram, IkePath path, IkeSuite suite, Proposal answer)
    {
        using IKeyExchange exchange = KeyExchanges.Generate(suite.KeyExchange, _context.Random);
        using Secret? shared = exchange.Agree(message.Find<KePayload>()!.Data.Span);
        if (shared is null)
        {
            // RFC 6989 §2: a public value outside the group is never computed on; the message is dropped.
            Say(LogTag.Ike, Severity.Warning, $"public value for {suite.KeyExchange} is invalid");
            Drop(DropReason.Malformed, "public value");
            Finish(Trigger.Abandoned, EndReason.InvalidPublicValue);
            return;
        }

        _init = new InitExchange
        {
            NonceInitiator = message.Find<NoncePayload>()!.Data.ToArray(),
            NonceResponder = new byte[InitExchange.NonceLength],
            RequestBytes = datagram.ToArray(),
        };
        _context.Random.Fill(_init.NonceResponder);
        TakeKeys(suite, shared, _init);
        NoteSignatureWishes(message);
        AgreeOnFragmentation(message);
        NoteRedirectSupport(message);
        DetectNat(message, path);

        List<Payload> payloads =
        [
            // RFC 7296 §3.3.1: in IKE_SA_INIT the SPIs stand in the header alone, whatever the peer's proposal says.
            new SaPayload([answer with { Spi = default }]),
            new KePayload(suite.KeyExchange, exchange.PublicValue),
            new NoncePayload(_init.NonceResponder),
            .. NatDetectionPayloads(RemoteSpi, LocalSpi, path, _candidates.Any(c => c.ForceEncapsulation)),
            .. FragmentationPayload(_fragmentation),
            SignatureHashesPayload(),
            new NotifyPayload(NotifyType.ChildlessIkev2Supported),
            .. CertificateRequests(_candidates),
        ];
        IkeHeader header = _sa.HeaderFor(ExchangeType.IkeSaInit, isResponse: true, 0);
        _init.ResponseBytes = MessageCodec.WriteClear(header, payloads);
        _sa.KeepResponse(SHA256.HashData(datagram.Span), new KeptResponse(header, [], [_init.ResponseBytes]));
        MoveTo(Trigger.InitRequestAccepted);
        Send([_init.ResponseBytes], SummaryOf(header, payloads), path, repeated: false);
        Arm(TimerKind.HalfOpen, _context.HalfOpenTimeout);
    }

    /// <summary>RFC 7296 §2.1: the same request gets the same response while IKE_AUTH has not come; anything else is ignored.</summary>
    private void RepeatInitResponse(Memory<byte> datagram, IkePath path)
    {
        if (State == IkeSaState.InitAnswered && _sa.Answering is null)
            RepeatResponse(_sa, datagram, path);
        else
            Drop(DropReason.UnexpectedExchange);
    }

    private void OnHalfOpenTimeout()
    {
        if (State == IkeSaState.InitAnswered)
            Finish(Trigger.TimeSpent, EndReason.HalfOpenTimeout);
        else if (State == IkeSaState.AuthRequested)
            OnCertificatesJudged(new CertificatesJudged(false, "nobody could say in time whether its certificate is to be trusted"));
        else if (State == IkeSaState.Tombstone)
            Finish(Trigger.TimeSpent, _endReason ?? EndReason.DeletedByPeer);
    }
}
