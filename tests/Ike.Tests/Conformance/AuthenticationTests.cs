using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>Proofs that are none, with shared keys, on both sides (RFC 7296 §2.15, §2.16, §2.21.2, §3.5, §3.8).</summary>
public sealed class AuthenticationTests
{
    public static TheoryData<byte> OtherMethods => [.. Enumerable.Range(0, 256).Where(n => n != (int)AuthMethod.SharedKeyMic).Select(n => (byte)n)];

    [Theory]
    [MemberData(nameof(OtherMethods))]
    public void Of_all_methods_only_the_configured_one_is_a_proof(byte method)
    {
        var asked = new Pair();
        using HandmadeInitiator initiator = new(asked.Responder);
        AssertDenied(asked, initiator.SendAuth(initiator.Id, initiator.Prove() with { Method = (AuthMethod)method }, HandmadeInitiator.EspOffer, HandmadeInitiator.TsI, HandmadeInitiator.TsR));

        var answered = new Pair();
        using HandmadeResponder responder = new(answered);
        AssertDenies(answered, responder.Answer([responder.Id, responder.Prove() with { Method = (AuthMethod)method }, .. responder.Proof.Skip(2)]));
    }

    [Fact]
    public void A_proof_of_no_octets_is_invalid_syntax_and_one_of_another_length_is_no_proof()
    {
        var empty = new Pair();
        using HandmadeInitiator none = new(empty.Responder);
        Assert.Equal("IKE_AUTH response 1 [ N(INVAL_SYN) ]", none.SendAuth(none.Id, none.Prove() with { Data = default })!.Summary);
        Assert.Equal(IkeSaState.Tombstone, empty.Responder.Session.State);

        foreach (int length in new[] { 1, 31, 33, 64, 1000 })
        {
            var pair = new Pair();
            using HandmadeInitiator initiator = new(pair.Responder);
            byte[] data = new byte[length];
            initiator.Prove().Data.Span[..Math.Min(length, 32)].CopyTo(data);
            AssertDenied(pair, initiator.SendAuth(initiator.Id, initiator.Prove() with { Data = data }));
        }
    }

    [Fact]
    public void Each_octet_of_the_proof_counts()
    {
        for (int place = 0; place < 32; place++)
        {
            var pair = new Pair();
            using HandmadeInitiator initiator = new(pair.Responder);
            byte[] data = initiator.Prove().Data.ToArray();
            data[place] ^= 1;
            AssertDenied(pair, initiator.SendAuth(initiator.Id, initiator.Prove() with { Data = data }));
        }
    }

    [Fact]
    public void Our_own_proof_sent_back_to_us_is_none()
    {
        var pair = new Pair(o => o.ExpectedResponderId = null);
        using HandmadeResponder responder = new(pair);
        IkeMessage ours = responder.Request;
        IdPayload reflected = IdPayload.Create(PayloadType.IdentificationResponder, ours.Find<IdPayload>(PayloadType.IdentificationInitiator)!.Identity);
        AssertDenies(pair, responder.Answer([reflected, ours.Find<AuthPayload>()!, .. responder.Proof.Skip(2)]));
    }

    [Fact]
    public void A_proof_over_another_identity_is_none()
    {
        var pair = new Pair(o => o.InitiatorId = "moon.example.org");
        using HandmadeInitiator initiator = new(pair.Responder);
        IdPayload other = IdPayload.Create(PayloadType.IdentificationInitiator, Identity.Parse("venus.example.org"));
        AssertDenied(pair, initiator.SendAuth(initiator.Id, initiator.Prove(other)));

        var answered = new Pair(o => o.ExpectedResponderId = null);
        using HandmadeResponder responder = new(answered);
        IdPayload venus = IdPayload.Create(PayloadType.IdentificationResponder, Identity.Parse("venus.example.org"));
        AssertDenies(answered, responder.Answer([venus, .. responder.Proof.Skip(1)]));
    }

    [Fact]
    public void A_responder_with_another_identity_than_the_one_asked_for_is_refused()
    {
        var pair = new Pair();
        using HandmadeResponder responder = new(pair);
        IdPayload venus = IdPayload.Create(PayloadType.IdentificationResponder, Identity.Parse("venus.example.org"));
        AssertDenies(pair, responder.Answer([venus, responder.Prove(venus), .. responder.Proof.Skip(2)]));
    }

    [Fact]
    public void Who_goes_on_after_authentication_failed_is_not_heard()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        AssertDenied(pair, initiator.SendAuth(initiator.Id, initiator.Prove(key: "another"), HandmadeInitiator.EspOffer, HandmadeInitiator.TsI, HandmadeInitiator.TsR));
        Assert.Null(initiator.Authenticate());
        Assert.Null(initiator.Send(ExchangeType.CreateChildSa, Parts.Child));
        Assert.Null(initiator.Send(ExchangeType.Informational));
        Assert.Empty(pair.Responder.Kernel.Installed);
        Assert.Null(pair.Responder.Announced);
    }

    [Fact]
    public void A_wish_for_eap_is_denied()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        AssertDenied(pair, initiator.SendAuth(initiator.Id, HandmadeInitiator.EspOffer, HandmadeInitiator.TsI, HandmadeInitiator.TsR));

        var early = new Pair();
        using HandmadeInitiator success = new(early.Responder);
        AssertDenied(early, success.SendAuth(success.Id, new EapPayload(new byte[] { 3, 1, 0, 4 }), HandmadeInitiator.EspOffer, HandmadeInitiator.TsI, HandmadeInitiator.TsR));
    }

    [Fact]
    public void A_responder_that_wants_eap_of_us_or_says_success_is_not_believed()
    {
        foreach (byte[] message in new byte[][] { [1, 1, 0, 5, 1], [3, 1, 0, 4], [4, 1, 0, 4] })
        {
            var pair = new Pair();
            using HandmadeResponder responder = new(pair);
            Assert.Null(responder.Answer(responder.Id, new EapPayload(message)));
            Assert.Equal(IkeSaState.Destroyed, pair.Initiator.Session.State);
            pair.Initiator.AssertNothingLeft();
        }
    }

    [Fact]
    public void Without_a_key_for_the_peer_a_repeated_request_gets_the_same_denial()
    {
        var pair = new Pair(o => o.ResponderSession = c => c with { Config = c.Config with { SharedKeys = [] } });
        pair.Start();
        pair.Drive();
        byte[] request = pair.Wire[2].Octets, response = pair.Wire[3].Octets;
        Assert.Equal("IKE_AUTH response 1 [ N(AUTH_FAILED) ]", pair.Responder.Sent.Last());
        pair.Inject(pair.Responder, request);
        Assert.Equal(response, Assert.Single(pair.Responder.Outbox).Octets);
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
    }

    [Theory]
    [InlineData("192.0.2.77", IdType.Ipv4Address)]
    [InlineData("moon.example.org", IdType.Fqdn)]
    [InlineData("moon@example.org", IdType.Rfc822Address)]
    [InlineData("2001:db8::77", IdType.Ipv6Address)]
    [InlineData("keyid:0x00ff0d0a", IdType.KeyId)]
    [InlineData("C=CH, O=Example, CN=moon", IdType.DerAsn1Dn)]
    public void Every_type_of_identity_is_sent_and_taken(string id, IdType type)
    {
        Pair pair = new Pair(o => o.InitiatorId = o.ResponderId = o.ExpectedResponderId = id).Establish();
        Assert.Equal(type, pair.Responder.Session.RemoteIdentity!.Type);
        Assert.Equal(type, pair.Initiator.Session.RemoteIdentity!.Type);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(250)]
    public void An_unknown_type_of_identity_is_nobody(byte type)
    {
        var pair = new Pair();
        byte[] body = [type, 0, 0, 0, .. "moon.example.org"u8];
        using HandmadeInitiator initiator = new(pair.Responder)
        {
            Id = new IdPayload(PayloadType.IdentificationInitiator, new Identity((IdType)type, body.AsSpan(4)), body),
        };
        AssertDenied(pair, initiator.Authenticate());
    }

    private static void AssertDenied(Pair pair, IkeMessage? answer)
    {
        Assert.Equal("IKE_AUTH response 1 [ N(AUTH_FAILED) ]", answer?.Summary);
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
        Assert.Empty(pair.Responder.Children);
        Assert.Null(pair.Responder.Announced);
    }

    private static void AssertDenies(Pair pair, IkeMessage? told)
    {
        Assert.Equal("INFORMATIONAL request 2 [ N(AUTH_FAILED) ]", told?.Summary);
        Assert.Null(pair.Initiator.Announced);
        Assert.Equal(0, pair.Initiator.Kernel.InstallAttempts);
        Assert.Empty(pair.Initiator.Kernel.Reserved);
    }
}
