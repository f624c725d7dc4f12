using System.Buffers.Binary;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>A child that we ask for, in IKE_AUTH or CREATE_CHILD_SA (RFC 7296 §1.2, §1.3.1, §2.9, §2.17).</summary>
public sealed partial class IkeSession
{
    /// <summary>SA, TSi and TSr of a child, with what the answer will be held against.</summary>
    private List<Payload> OfferPayloads(Child child)
    {
        ChildConfig config = child.Plan.Config;
        bool inAuth = child.Plan.Exchange == ExchangeType.IkeAuth;
        IEnumerable<Proposal> proposals = ProposalFilter.Apply(config.Proposals, _context.IsUsableForEsp);
        // RFC 7296 §1.2: a child of IKE_AUTH draws on the keys of IKE_SA_INIT, so no key exchange is offered.
        if (inAuth) proposals = proposals.Select(p => p.WithoutKeyExchange());
        child.Offered = [.. proposals.Select(p => p.WithSpi(child.InboundSpi))];
        child.LocalOffer = Resolve(config.LocalSelectors, ours: true);
        child.RemoteOffer = Resolve(config.RemoteSelectors, ours: false);
        PutPacketFirst(child);
        List<Payload> payloads =
        [
            new SaPayload(child.Offered),
            new TsPayload(PayloadType.TrafficSelectorInitiator, child.LocalOffer),
            new TsPayload(PayloadType.TrafficSelectorResponder, child.RemoteOffer),
        ];
        if (config.Mode == ChildMode.Transport && !_context.ForceEncapsulation) payloads.Add(new NotifyPayload(NotifyType.UseTransportMode));
        return payloads;
    }

    private List<Payload>? CreateChildPayloads(uint childId)
    {
        if (!_children.TryGetValue(childId, out Child? child) || child.Phase != ChildPhase.Requested) return null;
        Child? old = Predecessor(child);
        if (child.Plan.RekeyOf is not null && (old is null || HeldSuccessor(old) is not null))
        {
            // The peer was faster: it closed the child, or has rekeyed it itself.
            Remove(child, "there is nothing to rekey any more");
            return null;
        }

        child.IsPremature = old is { UnconfirmedOn: not null };
        child.Nonce = new byte[InitExchange.NonceLength];
        _context.Random.Fill(child.Nonce);
        List<Payload> payloads = OfferPayloads(child);
        payloads.Insert(1, new NoncePayload(child.Nonce));
        Transform? method = child.Offered[0].OfType(TransformType.KeyExchangeMethod).FirstOrDefault();
        if (child.KeyExchange is null && method is { Id: not 0 })
            child.KeyExchange = KeyExchanges.Generate((KeyExchangeMethod)method.Id, _context.Random);
        if (child.KeyExchange is { } exchange) payloads.Insert(2, new KePayload(exchange.Method, exchange.PublicValue));
        // RFC 7296 §1.3.3: it names the old child by the SPI that we receive on.
        if (old is not null) payloads.Insert(0, new NotifyPayload(NotifyType.RekeySa, default, ProtocolId.Esp, SpiOctets(old.InboundSpi)));
        return payloads;
    }

    private static byte[] SpiOctets(uint spi)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, spi);
        return octets;
    }

    private void OnCreateChildResponse(IkeSa sa, uint childId, IkeMessage message)
    {
        if (!_children.TryGetValue(childId, out Child? child) || child.Phase != ChildPhase.Requested) return;
        if (State != IkeSaState.Established)
        {
            // A Delete of the IKE SA waits behind this response, and takes the child with it.
            Remove(child, "the IKE_SA ends");
            return;
        }

        if (message.Notify(NotifyType.InvalidKePayload) is { } invalidKe && RetryWithMethod(child, invalidKe)) return;
        CompleteNegotiation(sa, child, message, child.Nonce, message.Find<NoncePayload>()?.Data.ToArray() ?? []);
    }

    /// <summary>RFC 7296 §1.3: the exchange failed; it is tried again with the group that the peer names, if we offered it.</summary>
    private bool RetryWithMethod(Child child, NotifyPayload invalidKe)
    {
        if (invalidKe.Data.Length != 2 || child.Restarts++ >= InitExchange.RestartLimit) return false;
        ushort method = BinaryPrimitives.ReadUInt16BigEndian(invalidKe.Data.Span);
        bool offered = child.Offered.Any(p => p.OfType(TransformType.KeyExchangeMethod).Any(t => t.Id == method));
        if (!offered || method == (ushort?)child.KeyExchange?.Method || !KeyExchanges.IsSupported((KeyExchangeMethod)method)) return false;
        child.KeyExchange?.Dispose();
        child.KeyExchange = KeyExchanges.Generate((KeyExchangeMethod)method, _context.Random);
        Enqueue(new CreateChildRequest(child.Plan.ChildId));
        return true;
    }

    /// <summary>
    /// Acts on the answer to a child that we asked for. True when the kernel is now asked to install it. What the peer refused is given up
    /// without a word (it has nothing); what it accepted wrongly is deleted there (RFC 7296 §2.21).
    /// </summary>
    private bool CompleteNegotiation(IkeSa ike, Child child, IkeMessage message, byte[] nonceI, byte[] nonceR)
    {
        SaPayload? sa = message.Find<SaPayload>();
        if (sa is null || message.FirstErrorNotify is not null)
        {
            RefusedByPeer(child, message.FirstErrorNotify?.NotifyType);
            return false;
        }

        EspSuite? suite = ProposalSelection.AcceptEsp(child.Offered, sa.Proposals);
        IReadOnlyList<TrafficSelector> local = message.Find<TsPayload>(PayloadType.TrafficSelectorInitiator)?.Selectors ?? [];
        IReadOnlyList<TrafficSelector> remote = message.Find<TsPayload>(PayloadType.TrafficSelectorResponder)?.Selectors ?? [];
        // RFC 7296 §2.19: what was asked for was every address; what is ours is the one that came with the answer.
        if (child.Plan.Exchange == ExchangeType.IkeAuth && VirtualAddresses.Count > 0) local = Narrowing.Narrow(Resolve(child.Plan.Config.LocalSelectors, ours: true), local);
        child.PeerSpi = suite is null ? 0 : SpiOf(sa.Proposals[0]);
        bool transport = message.Notify(NotifyType.UseTransportMode) is not null;
        bool agreed = child.PeerSpi != 0
            // RFC 7296 §2.9: the answer is a part of what was asked for, never more.
            && Narrowing.IsSubset(local, child.LocalOffer) && Narrowing.IsSubset(remote, child.RemoteOffer)
            && (!transport || (child.Plan.Config.Mode == ChildMode.Transport && !_context.ForceEncapsulation))
            // RFC 7296 §2.22: no compression that was not proposed, and we propose none.
            && message.Notify(NotifyType.IpcompSupported) is null;
        if (!agreed || !TryAgree(child, suite!, message, out Secret? shared))
        {
            Reject(child, "the answer is not a choice from what was offered");
            return false;
        }

        if (LacksOwnAddress(child.Plan.Config))
        {
            // RFC 7296 §3.15.4: a response without CFG_REPLY to who requires an address is an error.
            shared?.Dispose();
            Reject(child, "the peer gave no virtual IP");
            return false;
        }

        // What replaces another is stored with the Delete of that one, and until then the request is: its answer comes again.
        if (child.Plan.RekeyOf is null) MustBeWritten();
        using (shared)
        {
            ChildKeys keys = ChildKeys.Derive(suite!, ike.Suite!.Prf, ike.Keys!.D, nonceI, nonceR, shared);
            child.Phase = ChildPhase.Installing;
            child.LowestNonce = Lower(nonceI, nonceR);
            Install(child, new ChildSaParameters(
                suite!, keys, KeysAreInitiators: true, child.PeerSpi, local, remote, transport ? ChildMode.Transport : ChildMode.Tunnel,
                EspPath.Local, EspPath.Remote, UsesUdpEncapsulation)
            {
                Limits = DrawLimits(child.Plan.Config.Lifetime),
                HoldOutbound = LosesTo(child, Rival(child)),
            });
        }

        return true;
    }

    /// <summary>The key exchange of the child's own, where one was chosen. False: the peer's value is missing or invalid (RFC 6989).</summary>
    private static bool TryAgree(Child child, EspSuite suite, IkeMessage message, out Secret? shared)
    {
        shared = null;
        if (suite.KeyExchange == KeyExchangeMethod.None) return true;
        KePayload? ke = message.Find<KePayload>();
        if (ke is null || ke.Method != suite.KeyExchange || child.KeyExchange is not { } exchange || exchange.Method != ke.Method) return false;
        shared = exchange.Agree(ke.Data.Span);
        return shared is not null;
    }

    private void RefusedByPeer(Child child, NotifyType? notify)
    {
        string name = child.Plan.Config.Name;
        if (notify is { } type) Say(LogTag.Ike, Severity.Warning, $"received {type.RfcName()} notify, no CHILD_SA built");
        Tell(new ChildFailed(name, notify, ByPeer: true));
        if (child.Plan.RekeyOf is not null)
        {
            OnRekeyRefused(child, notify);
            return;
        }

        NoteFailure(child, RetryAdvice.BackOff);
        Remove(child, "refused by the peer");
    }

    private void Reject(Child child, string why)
    {
        Say(LogTag.Chd, Severity.Warning, $"CHILD_SA {child.Plan.Config.Name}: {why}");
        if (Predecessor(child) is { } old) RetryChildRekey(old);
        else NoteFailure(child, RetryAdvice.BackOff);
        uint spi = child.InboundSpi;
        Remove(child, why);
        Enqueue(new DeleteChildRequest(child.Plan.ChildId, spi));
    }
}
