using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>
/// Each mandatory payload left out and each single one doubled, in every exchange and both directions, by a peer who holds the keys (RFC 7296 §1.2, §1.3,
/// §2.21; CVE-2013-6467, CVE-2016-5391 and CVE-2023-23009 were crashes of this kind).
/// </summary>
public sealed class OmissionTests
{
    [Fact]
    public void In_an_ike_sa_init_request_the_message_is_dropped_and_nothing_is_kept()
    {
        foreach (Payload[] payloads in LackingOrDoubled(Init().Payloads, PayloadType.SecurityAssociation, PayloadType.KeyExchange, PayloadType.Nonce))
        {
            var pair = new Pair();
            pair.Inject(pair.Responder, MessageCodec.WriteClear(Init().Header, payloads));
            Assert.Empty(pair.Responder.Outbox);
            Assert.Equal([DropReason.Malformed], pair.Responder.Drops);
            Assert.Equal(EndReason.InvalidSyntax, pair.Responder.End);
            pair.Responder.AssertNothingLeft();
        }
    }

    [Fact]
    public void In_an_ike_sa_init_response_the_initiator_waits_for_the_true_one()
    {
        var pair = new Pair();
        pair.Start();
        pair.Inject(pair.Responder, pair.Initiator.Outbox.Dequeue().Octets);
        IkeMessage good = MessageCodec.ParseClear(pair.Responder.Outbox.Peek().Octets).Message!;
        foreach (Payload[] payloads in LackingOrDoubled(good.Payloads, PayloadType.SecurityAssociation, PayloadType.KeyExchange, PayloadType.Nonce))
        {
            pair.Inject(pair.Initiator, MessageCodec.WriteClear(good.Header, payloads));
            Assert.Equal(IkeSaState.InitRequested, pair.Initiator.Session.State);
            Assert.Empty(pair.Initiator.Outbox);
        }

        pair.Drive();
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Fact]
    public void In_an_ike_auth_request_it_is_invalid_syntax_and_the_end()
    {
        foreach (Payload[] payloads in LackingOrDoubled(
            AuthRequest, PayloadType.IdentificationInitiator, PayloadType.SecurityAssociation, PayloadType.TrafficSelectorInitiator, PayloadType.TrafficSelectorResponder)
            .Append([.. AuthRequest, AuthRequest[1]]))
        {
            var pair = new Pair();
            using HandmadeInitiator initiator = new(pair.Responder);
            // A good proof must not help.
            Assert.Equal("IKE_AUTH response 1 [ N(INVAL_SYN) ]", initiator.SendAuth([.. payloads.Select(p => p is AuthPayload ? initiator.Prove() : p)])!.Summary);
            Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
            Assert.Empty(pair.Responder.Children);
            Assert.Null(pair.Responder.Announced);
        }
    }

    [Fact]
    public void In_an_ike_auth_response_the_attempt_ends_and_the_spi_is_given_back()
    {
        foreach (PayloadType type in new[]
        {
            PayloadType.IdentificationResponder, PayloadType.Authentication, PayloadType.SecurityAssociation,
            PayloadType.TrafficSelectorInitiator, PayloadType.TrafficSelectorResponder,
        })
        {
            foreach (bool doubled in new[] { false, true })
            {
                var pair = new Pair();
                using HandmadeResponder responder = new(pair);
                IReadOnlyList<Payload> proof = responder.Proof;
                Assert.Null(responder.Answer([.. doubled ? proof.Append(proof.First(p => p.Type == type)) : proof.Where(p => p.Type != type)]));
                Assert.Equal(IkeSaState.Destroyed, pair.Initiator.Session.State);
                Assert.Null(pair.Initiator.Announced);
                pair.Initiator.AssertNothingLeft();
            }
        }
    }

    [Fact]
    public void In_a_create_child_sa_request_it_is_invalid_syntax_and_the_end_of_the_ike_sa()
    {
        foreach (Payload[] payloads in LackingOrDoubled(Parts.Child, [.. Parts.Child.Select(p => p.Type)]))
        {
            var pair = new Pair();
            using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
            Assert.Equal("CREATE_CHILD_SA response 2 [ N(INVAL_SYN) ]", initiator.Send(ExchangeType.CreateChildSa, payloads)!.Summary);
            Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
            Assert.Empty(pair.Responder.Kernel.Installed);
        }
    }

    [Fact]
    public void In_a_create_child_sa_response_the_ike_sa_is_closed_with_a_delete()
    {
        foreach (Payload[] payloads in LackingOrDoubled(Parts.Child, [.. Parts.Child.Select(p => p.Type)]))
        {
            var pair = new Pair();
            using HandmadeResponder responder = HandmadeResponder.Established(pair);
            Assert.StartsWith("CREATE_CHILD_SA request 2", responder.Await(new InitiateChild("second"))!.Summary);
            Assert.Equal("INFORMATIONAL request 3 [ D ]", responder.Answer(payloads)!.Summary);
            Assert.Null(responder.Answer());
            Assert.Equal(EndReason.InvalidSyntax, pair.Initiator.End);
            pair.Initiator.AssertNothingLeft();
        }
    }

    [Fact]
    public void A_rekeying_of_the_ike_sa_needs_its_key_exchange()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Payload sa = new SaPayload([HandmadeInitiator.IkeOffer.WithSpi(0x1234567890abcdefUL)]);
        Assert.Equal("CREATE_CHILD_SA response 2 [ N(INVAL_SYN) ]", initiator.Send(ExchangeType.CreateChildSa, sa, Parts.Nonce)!.Summary);
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
    }

    [Theory]
    [InlineData(PayloadType.SecurityAssociation)]
    [InlineData(PayloadType.KeyExchange)]
    public void What_does_not_belong_into_an_informational_is_invalid_syntax(PayloadType type)
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Payload stray = type == PayloadType.KeyExchange ? new KePayload(KeyExchangeMethod.Curve25519, new byte[32]) : HandmadeInitiator.EspOffer;
        Assert.Equal("INFORMATIONAL response 2 [ N(INVAL_SYN) ]", initiator.Send(ExchangeType.Informational, stray)!.Summary);
    }

    private static readonly Payload[] AuthRequest =
    [
        IdPayload.Create(PayloadType.IdentificationInitiator, Identity.Parse("moon.example.org")), new AuthPayload(AuthMethod.SharedKeyMic, new byte[32]),
        HandmadeInitiator.EspOffer, HandmadeInitiator.TsI, HandmadeInitiator.TsR,
    ];

    private static IkeMessage Init()
    {
        var pair = new Pair();
        pair.Start();
        return MessageCodec.ParseClear(pair.Initiator.Outbox.Dequeue().Octets).Message!;
    }

    private static IEnumerable<Payload[]> LackingOrDoubled(IReadOnlyList<Payload> whole, params PayloadType[] types)
    {
        foreach (PayloadType type in types)
        {
            yield return [.. whole.Where(p => p.Type != type)];
            yield return [.. whole, whole.First(p => p.Type == type)];
        }
    }
}
