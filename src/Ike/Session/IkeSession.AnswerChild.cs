using System.Buffers.Binary;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// A child that the peer asks for, in IKE_AUTH or CREATE_CHILD_SA (RFC 7296 §1.3, §2.9, §2.17). The response waits for the kernel: our inbound SA
/// exists before the message that announces it leaves (§2.8).
/// </summary>
public sealed partial class IkeSession
{
    private PendingAnswer? _pendingAnswer;

    private void AnswerCreateChild(IkeMessage message)
    {
        InboundRequest request = _answering!;
        if (message.Find<SaPayload>()!.Proposals.All(p => p.Protocol == ProtocolId.Ike))
        {
            AnswerIkeRekey(request, message);
            return;
        }

        // RFC 7296 §2.25.2: not while we rekey or close the IKE SA, nor on one that is replaced.
        if (request.Sa != _sa || State != IkeSaState.Established || _rekey is { IsSent: true } || _pendingAnswer is not null)
        {
            Respond([new NotifyPayload(NotifyType.TemporaryFailure)]);
            return;
        }

        NotifyPayload? rekey = message.Notify(NotifyType.RekeySa);
        Child? old = rekey is null ? null : ChildOfPeerSpi(rekey);
        // The answer about the one before was lost with our predecessor, and the peer asks anew.
        if (old is not null && HeldSuccessor(old) is { IsDoubtful: true } unknown) Remove(unknown, "the peer asks for another in its place");
        if (rekey is not null && old is null)
        {
            // RFC 7296 §2.25: the SPI goes back as it came.
            Respond([new NotifyPayload(NotifyType.ChildSaNotFound, default, rekey.Protocol, rekey.Spi)]);
        }
        else if (old is { Phase: not ChildPhase.Installed } or { IsSuperseded: true } || (old is not null && HeldSuccessor(old) is not null))
        {
            // RFC 7296 §2.25.1: a child that is being closed is not rekeyed.
            Respond([new NotifyPayload(NotifyType.TemporaryFailure)]);
        }
        else if (Negotiate(message, ExchangeType.CreateChildSa, old, out ChildOffer? offer) is { } refusal)
        {
            Respond([refusal]);
        }
        else
        {
            AnswerOffer(message, offer!, old?.Plan.ChildId);
        }
    }

    private Child? ChildOfPeerSpi(NotifyPayload rekey) => rekey.Protocol == ProtocolId.Esp && rekey.Spi.Length == 4
        ? ChildOfPeerSpi(BinaryPrimitives.ReadUInt32BigEndian(rekey.Spi.Span))
        : null;

    /// <summary>One that only lingers is closed for the peer.</summary>
    private Child? ChildOfPeerSpi(uint spi) => _children.Values.FirstOrDefault(c => c.PeerSpi == spi && c.Phase != ChildPhase.Lingering);

    private void AnswerOffer(IkeMessage message, ChildOffer offer, uint? rekeyOf)
    {
        byte[] nonce = new byte[InitExchange.NonceLength];
        _context.Random.Fill(nonce);
        List<Payload> payloads = [new NoncePayload(nonce)];
        Secret? shared = null;
        if (offer.Suite.KeyExchange != KeyExchangeMethod.None)
        {
            KePayload? ke = message.Find<KePayload>();
            if (ke is null || ke.Method != offer.Suite.KeyExchange)
            {
                Respond([InvalidKe(offer.Suite.KeyExchange)]);
                return;
            }

            using IKeyExchange exchange = KeyExchanges.Generate(ke.Method, _context.Random);
            shared = exchange.Agree(ke.Data.Span);
            if (shared is null)
            {
                // RFC 6989 §2: never computed on.
                Say(LogTag.Chd, Severity.Warning, $"public value for {ke.Method} is invalid");
                Respond([new NotifyPayload(NotifyType.InvalidSyntax)]);
                Bury(Trigger.Refused, EndReason.InvalidPublicValue);
                return;
            }

            payloads.Add(new KePayload(ke.Method, exchange.PublicValue));
        }

        using (shared)
        {
            byte[] peerNonce = message.Find<NoncePayload>()!.Data.ToArray();
            BeginAnswer(offer, payloads, ExchangeType.CreateChildSa, rekeyOf, peerNonce, nonce, shared);
        }
    }

    private static NotifyPayload InvalidKe(KeyExchangeMethod wanted)
    {
        byte[] data = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)wanted);
        return new NotifyPayload(NotifyType.InvalidKePayload, data);
    }

    /// <summary>What we would agree to; the refusal instead when there is nothing.</summary>
    private NotifyPayload? Negotiate(IkeMessage message, ExchangeType exchange, Child? rekeyed, out ChildOffer? offer)
    {
        offer = null;
        if (_children.Count >= _context.ChildLimit)
        {
            Say(LogTag.Chd, Severity.Warning, $"limit of {_context.ChildLimit} CHILD_SAs reached");
            return new NotifyPayload(rekeyed is not null ? NotifyType.TemporaryFailure : NotifyType.NoAdditionalSas);
        }

        if (!CanCarryEsp) return new NotifyPayload(NotifyType.NoProposalChosen);

        IReadOnlyList<TrafficSelector> theirs = message.Find<TsPayload>(PayloadType.TrafficSelectorInitiator)!.Selectors;
        IReadOnlyList<TrafficSelector> ours = message.Find<TsPayload>(PayloadType.TrafficSelectorResponder)!.Selectors;
        bool selectorsFit = false, lacksAddress = false;
        // RFC 7296 §2.9.2: a rekeyed child is not narrower than the old one, so another that fits as well does not come into question.
        IReadOnlyList<ChildConfig> configs = rekeyed is null ? _connection!.Children : [rekeyed.Plan.Config];
        foreach (ChildConfig config in configs)
        {
            if (LacksPeerAddress(config))
            {
                lacksAddress = true;
                continue;
            }

            IReadOnlyList<TrafficSelector> remote = Narrowing.Narrow(Resolve(config.RemoteSelectors, ours: false), theirs);
            IReadOnlyList<TrafficSelector> local = Narrowing.Narrow(Resolve(config.LocalSelectors, ours: true), ours);
            if (remote.Count == 0 || local.Count == 0) continue;
            selectorsFit = true;
            if (ChooseEsp(config, message, exchange) is not var (suite, answer)) continue;
            bool transport = config.Mode == ChildMode.Transport && TransportIsPossible && message.Notify(NotifyType.UseTransportMode) is not null;
            offer = new ChildOffer(config, suite, answer, local, remote, transport ? ChildMode.Transport : ChildMode.Tunnel);
            return null;
        }

        if (lacksAddress && !selectorsFit)
        {
            // RFC 7296 §2.19: who wants this child has to ask for an address first.
            Say(LogTag.Cfg, Severity.Warning, "expected a request for a virtual IP");
            return new NotifyPayload(NotifyType.FailedCpRequired);
        }

        Say(LogTag.Chd, Severity.Warning, selectorsFit ? "no acceptable ESP proposal" : "traffic selectors are unacceptable");
        return new NotifyPayload(selectorsFit ? NotifyType.NoProposalChosen : NotifyType.TsUnacceptable);
    }

    private List<TrafficSelector> Resolve(IReadOnlyList<SelectorConfig> selectors, bool ours) => [.. selectors.SelectMany(s => Resolve(s, ours))];

    private (EspSuite Suite, Proposal Answer)? ChooseEsp(ChildConfig config, IkeMessage message, ExchangeType exchange)
    {
        IReadOnlyList<Proposal> ours = ProposalFilter.Apply(config.Proposals, _context.IsUsableForEsp);
        EspSuite? suite = ProposalSelection.ChooseEsp(
            ours,
            [.. message.Find<SaPayload>()!.Proposals.Where(p => SpiOf(p) != 0)],
            withKeyExchange: exchange == ExchangeType.CreateChildSa,
            message.Find<KePayload>()?.Method ?? KeyExchangeMethod.None,
            out Proposal? answer);
        return suite is not null ? (suite, answer!) : null;
    }

    /// <summary>The SPI of an ESP proposal; 0 where it has none that an SA can have (RFC 4303 §2.1: 1 to 255 are reserved).</summary>
    private static uint SpiOf(Proposal proposal)
    {
        if (proposal.Spi.Length != 4) return 0;
        uint spi = BinaryPrimitives.ReadUInt32BigEndian(proposal.Spi.Span);
        return spi > 255 ? spi : 0;
    }

    /// <summary>Hands the agreed child to its actor; the response is made from <paramref name="first"/> and what the kernel says.</summary>
    private void BeginAnswer(
        ChildOffer offer, List<Payload> first, ExchangeType exchange, uint? rekeyOf, byte[] nonceI, byte[] nonceR, Secret? shared)
    {
        Child child = AddChild(offer.Config, isInitiator: false, exchange, rekeyOf);
        child.Phase = ChildPhase.Installing;
        child.PeerSpi = SpiOf(offer.Answer);
        child.LowestNonce = Lower(nonceI, nonceR);
        child.IsHeld = rekeyOf is not null;
        InboundRequest request = _answering!;
        _pendingAnswer = new PendingAnswer(request, child.Plan.ChildId, exchange, first, offer);
        ChildKeys keys = ChildKeys.Derive(offer.Suite, request.Sa.Suite!.Prf, request.Sa.Keys!.D, nonceI, nonceR, shared);
        Install(child, new ChildSaParameters(
            offer.Suite, keys, KeysAreInitiators: false, child.PeerSpi, offer.Local, offer.Remote, offer.Mode,
            EspPath.Local, EspPath.Remote, UsesUdpEncapsulation)
        {
            Limits = DrawLimits(offer.Config.Lifetime),
            HoldOutbound = child.IsHeld,
        });
    }

    private void Install(Child child, ChildSaParameters parameters)
    {
        if (_context.IsPersistent) child.Parameters = parameters with { Keys = parameters.Keys.Copy() };
        _effects.Add(new TellChild(child.Plan.ChildId, new InstallChild(parameters)));
    }

    private void AnswerWithChild(Child child)
    {
        if (TakePendingAnswer(child) is not { } answer) return;
        ChildOffer offer = answer.Offer;
        var sa = new SaPayload([offer.Answer.WithSpi(child.InboundSpi)]);
        var tsi = new TsPayload(PayloadType.TrafficSelectorInitiator, offer.Remote);
        var tsr = new TsPayload(PayloadType.TrafficSelectorResponder, offer.Local);
        List<Payload> payloads = answer.Exchange == ExchangeType.IkeAuth
            ? [.. answer.First, sa, tsi, tsr]
            : [sa, .. answer.First, tsi, tsr];
        if (offer.Mode == ChildMode.Transport) payloads.Add(new NotifyPayload(NotifyType.UseTransportMode));
        Respond(payloads);
        // Before the peer has the response of IKE_AUTH it takes no request of ours at all.
        if (answer.Exchange == ExchangeType.IkeAuth) return;
        child.UnconfirmedOn = answer.Request.Sa;
        ArmFor(child, TimerKind.ChildConfirmation, _context.ConfirmationDelay);
    }

    /// <summary>The request that this child is the answer to becomes the one being answered.</summary>
    private PendingAnswer? TakePendingAnswer(Child child)
    {
        if (_pendingAnswer is not { } answer || answer.ChildId != child.Plan.ChildId) return null;
        _pendingAnswer = null;
        _answering = answer.Request;
        return answer;
    }

    /// <summary>RFC 7296 §2.21.3: the error goes into the protected response; in IKE_AUTH beside IDr and AUTH (§1.2).</summary>
    private void AnswerWithRefusal(Child child, NotifyType notify)
    {
        if (TakePendingAnswer(child) is not { } answer) return;
        Respond(answer.Exchange == ExchangeType.IkeAuth ? [.. answer.First, new NotifyPayload(notify)] : [new NotifyPayload(notify)]);
    }

    /// <summary>What was agreed for a child that the peer asked for. <see cref="Answer"/> still carries the peer's SPI.</summary>
    private sealed record ChildOffer(
        ChildConfig Config, EspSuite Suite, Proposal Answer, IReadOnlyList<TrafficSelector> Local, IReadOnlyList<TrafficSelector> Remote, ChildMode Mode);

    private sealed record PendingAnswer(InboundRequest Request, uint ChildId, ExchangeType Exchange, List<Payload> First, ChildOffer Offer);
}
