using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>The critical flag, the order of payloads, and fields that are reserved (RFC 7296 §2.5, §3.2).</summary>
public sealed class PayloadTests
{
    private static readonly UnknownPayload Critical = new((PayloadType)201, Critical: true, new byte[9]);
    private static readonly UnknownPayload Harmless = new((PayloadType)201, Critical: false, new byte[9]);

    [Fact]
    public void An_unknown_critical_payload_in_ike_sa_init_is_named_and_no_ike_sa_begins()
    {
        var pair = new Pair();
        pair.Inject(pair.Responder, Init(Critical));
        NotifyPayload error = MessageCodec.ParseClear(Assert.Single(pair.Responder.Outbox).Octets).Message!.FirstErrorNotify!;
        Assert.Equal(NotifyType.UnsupportedCriticalPayload, error.NotifyType);
        Assert.Equal(new byte[] { 201 }, error.Data.ToArray());
        Assert.Equal(EndReason.UnsupportedCriticalPayload, pair.Responder.End);
        pair.Responder.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_unknown_critical_payload_in_ike_auth_ends_the_ike_sa_and_the_proof_is_not_looked_at(bool goodProof)
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        IkeMessage answer = initiator.SendAuth(initiator.Id, initiator.Prove(key: goodProof ? "correct horse" : "another"), Critical)!;
        AssertNames201(answer);
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
        Assert.Null(pair.Responder.Announced);
    }

    [Theory]
    [InlineData(ExchangeType.CreateChildSa)]
    [InlineData(ExchangeType.Informational)]
    public void Later_it_is_named_nothing_is_done_and_the_ike_sa_stays(ExchangeType exchange)
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        AssertNames201(initiator.Send(exchange, new DeletePayload(ProtocolId.Ike, []), Critical)!);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Single(pair.Responder.Kernel.Installed);
        Assert.NotNull(initiator.Send(ExchangeType.Informational));
    }

    [Fact]
    public void Before_the_encrypted_payload_it_counts_as_well_once_the_message_is_authentic()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        byte[] before = [0, 0x80, 0, 8, 1, 2, 3, 4];
        AssertNames201(initiator.SendForged(ExchangeType.Informational, new SkForge { Before = ((PayloadType)201, before) })!);
        Assert.Equal("INFORMATIONAL response 3 [ ]", initiator.SendForged(ExchangeType.Informational, new SkForge { Before = ((PayloadType)201, [0, 0, 0, 8, 1, 2, 3, 4]) })!.Summary);
        Assert.Equal("INFORMATIONAL response 4 [ ]", initiator.SendForged(ExchangeType.Informational, new SkForge { Before = (PayloadType.VendorId, before) })!.Summary);

        byte[] forged = initiator.Protect(initiator.HeaderFor(ExchangeType.Informational));
        byte[] unauthentic = [.. forged[..28], (byte)PayloadType.Encrypted, .. before[1..], .. forged[28..]];
        unauthentic[16] = 201;
        unauthentic[27] += 8;
        Assert.Null(initiator.Send(unauthentic));
        Assert.Contains(DropReason.NotAuthentic, pair.Responder.Drops);
    }

    [Fact]
    public void A_response_with_an_unknown_critical_payload_is_never_answered_with_an_error()
    {
        var before = new Pair();
        before.Start();
        byte[] init = before.Initiator.Outbox.Dequeue().Octets;
        before.Inject(before.Responder, init);
        IkeMessage good = MessageCodec.ParseClear(before.Responder.Outbox.Peek().Octets).Message!;
        before.Inject(before.Initiator, MessageCodec.WriteClear(good.Header, [.. good.Payloads, Critical]));
        Assert.Equal(IkeSaState.InitRequested, before.Initiator.Session.State);
        before.Drive();
        Assert.Equal(IkeSaState.Established, before.Initiator.Session.State);

        var during = new Pair();
        using HandmadeResponder responder = new(during);
        Assert.Null(responder.Answer([.. responder.Proof, Critical]));
        Assert.Equal(EndReason.InvalidSyntax, during.Initiator.End);
        during.Initiator.AssertNothingLeft();

        var after = new Pair();
        using HandmadeResponder later = HandmadeResponder.Established(after);
        Assert.StartsWith("CREATE_CHILD_SA request 2", later.Await(new InitiateChild("second"))!.Summary);
        Assert.Equal("INFORMATIONAL request 3 [ D ]", later.Answer(Critical)!.Summary);
        Assert.Null(later.Answer());
        Assert.Equal(EndReason.InvalidSyntax, after.Initiator.End);
        after.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void Unknown_payloads_without_the_flag_are_skipped_wherever_they_stand()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder, Harmless);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", initiator.Authenticate(Harmless)!.Summary);
        Assert.StartsWith("CREATE_CHILD_SA response 2 [ SA No", initiator.Send(ExchangeType.CreateChildSa, [Harmless, .. Parts.Child])!.Summary);
        Assert.Equal("INFORMATIONAL response 3 [ ]", initiator.Send(ExchangeType.Informational, Harmless)!.Summary);

        var other = new Pair();
        using HandmadeResponder responder = new(other, Harmless);
        Assert.Null(responder.Answer([Harmless, .. responder.Proof]));
        Assert.Single(other.Initiator.Kernel.Installed);
    }

    [Fact]
    public void The_critical_flag_on_known_payloads_and_all_reserved_fields_are_ignored()
    {
        var pair = new Pair();
        byte[] id = [(byte)IdType.Fqdn, 0xff, 0xff, 0xff, .. "moon.example.org"u8];
        using HandmadeInitiator initiator = new(pair.Responder)
        {
            // RFC 7296 §2.15: AUTH covers the reserved octets of the identity as they were sent.
            Id = new IdPayload(PayloadType.IdentificationInitiator, Identity.Parse("moon.example.org"), id),
        };
        Payload[] payloads = [initiator.Id, initiator.Prove(), HandmadeInitiator.EspOffer, HandmadeInitiator.TsI, HandmadeInitiator.TsR];
        byte[] plaintext = Reserved.Set(PayloadType.IdentificationInitiator, SkForge.Chain(payloads));
        IkeMessage answer = initiator.SendForged(ExchangeType.IkeAuth, new SkForge(PayloadType.IdentificationInitiator, plaintext) { SkFlags = 0xff })!;
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", answer.Summary);

        byte[] child = Reserved.Set(PayloadType.SecurityAssociation, SkForge.Chain(Parts.Child));
        answer = initiator.SendForged(ExchangeType.CreateChildSa, new SkForge(PayloadType.SecurityAssociation, child))!;
        Assert.StartsWith("CREATE_CHILD_SA response 2 [ SA No", answer.Summary);
        Assert.Equal(2, pair.Responder.Kernel.Installed.Count);
    }

    [Fact]
    public void Reserved_fields_of_ike_sa_init_are_ignored_and_ours_are_zero()
    {
        var pair = new Pair();
        byte[] request = Init();
        Reserved.Set(PayloadType.SecurityAssociation, request.AsSpan(IkeHeader.Size));
        pair.Inject(pair.Responder, request);
        byte[] response = Assert.Single(pair.Responder.Outbox).Octets;
        Assert.Equal(IkeSaState.InitAnswered, pair.Responder.Session.State);
        AssertReservedAreZero((PayloadType)response[16], response[IkeHeader.Size..]);
        AssertReservedAreZero(PayloadType.SecurityAssociation, Init()[IkeHeader.Size..]);
    }

    [Fact]
    public void No_order_of_payloads_is_a_reason_to_refuse()
    {
        var random = new Random(4);
        for (int round = 0; round < 40; round++)
        {
            var pair = new Pair();
            byte[] init = Init();
            IkeMessage message = MessageCodec.ParseClear(init).Message!;
            pair.Inject(pair.Responder, MessageCodec.WriteClear(message.Header, Shuffled(random, message.Payloads)));
            Assert.Equal(IkeSaState.InitAnswered, pair.Responder.Session.State);

            var asked = new Pair();
            using HandmadeInitiator initiator = new(asked.Responder);
            Payload[] auth = Shuffled(random, [initiator.Id, initiator.Prove(), HandmadeInitiator.EspOffer, HandmadeInitiator.TsI, HandmadeInitiator.TsR, new NotifyPayload(NotifyType.InitialContact)]);
            Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", initiator.SendAuth(auth)!.Summary);
            Assert.StartsWith("CREATE_CHILD_SA response 2 [ SA No", initiator.Send(ExchangeType.CreateChildSa, Shuffled(random, Parts.Child))!.Summary);

            var answered = new Pair();
            using HandmadeResponder responder = new(answered);
            Assert.Null(responder.Answer(Shuffled(random, responder.Proof)));
            Assert.StartsWith("CREATE_CHILD_SA request 2", responder.Await(new InitiateChild("second"))!.Summary);
            IkeMessage asks = responder.Request;
            Payload[] reply = [HandmadeInitiator.EspOffer, new NoncePayload(new byte[32]), asks.Find<TsPayload>(PayloadType.TrafficSelectorInitiator)!, asks.Find<TsPayload>(PayloadType.TrafficSelectorResponder)!];
            Assert.Null(responder.Answer(Shuffled(random, reply)));
            Assert.Equal(2, answered.Initiator.Kernel.Installed.Count);
        }
    }

    [Fact]
    public void Our_own_messages_keep_the_order_of_the_figures()
    {
        Pair pair = new Pair().Establish("net", "second");
        Assert.Equal(
            [
                "IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) ]",
                "IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr N(INIT_CONTACT) ]",
                "CREATE_CHILD_SA request 2 [ SA No TSi TSr ]",
            ],
            pair.Initiator.Sent);
        Assert.Equal(
            [
                "IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) N(CHDLESS_SUP) ]",
                "IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]",
                "CREATE_CHILD_SA response 2 [ SA No TSi TSr ]",
            ],
            pair.Responder.Sent);
    }

    private static byte[] Init(params Payload[] extras)
    {
        var pair = new Pair();
        pair.Start();
        IkeMessage message = MessageCodec.ParseClear(pair.Initiator.Outbox.Dequeue().Octets).Message!;
        return MessageCodec.WriteClear(message.Header, [.. message.Payloads, .. extras]);
    }

    private static void AssertNames201(IkeMessage answer)
    {
        NotifyPayload error = Assert.IsType<NotifyPayload>(Assert.Single(answer.Payloads));
        Assert.Equal(NotifyType.UnsupportedCriticalPayload, error.NotifyType);
        Assert.Equal(new byte[] { 201 }, error.Data.ToArray());
    }

    private static void AssertReservedAreZero(PayloadType first, byte[] chain) => Assert.Empty(Reserved.Find(first, chain));

    private static Payload[] Shuffled(Random random, IEnumerable<Payload> payloads)
    {
        Payload[] shuffled = [.. payloads];
        random.Shuffle(shuffled);
        return shuffled;
    }
}
