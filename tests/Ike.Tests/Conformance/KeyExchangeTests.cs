using System.Net;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>Key exchange payloads that are wrong in their group or in their value, before a session (RFC 7296 §1.2, §1.3, §3.4, RFC 6989).</summary>
public sealed class KeyExchangeTests
{
    private const string Everything = "aes128gcm16-prfsha256-x25519-ecp256-ecp384-modp2048-modp3072-modp4096";

    private static readonly KeyExchangeMethod[] Supported =
    [
        KeyExchangeMethod.Modp2048, KeyExchangeMethod.Modp3072, KeyExchangeMethod.Modp4096,
        KeyExchangeMethod.Ecp256, KeyExchangeMethod.Ecp384, KeyExchangeMethod.Curve25519,
    ];

    /// <summary>A supported group, and a story of a value that must not be computed on.</summary>
    public static TheoryData<KeyExchangeMethod, string> BadValues => [.. Supported.SelectMany(m => Bad(m).Keys.Select(story => (m, story)))];

    // CVE-2014-9221: an internal group number of the receiver's.
    [Fact]
    public void Every_group_number_is_answered_in_ike_sa_init()
    {
        SessionContext context = new Pair().Responder.Context;
        for (int number = 0; number <= ushort.MaxValue; number++)
        {
            var method = (KeyExchangeMethod)number;
            if (method == KeyExchangeMethod.Curve25519) continue;
            // The payload's group is offered as well, so that it is the group itself that decides.
            Transform offered = new(TransformType.KeyExchangeMethod, (ushort)number);
            Proposal offer = HandmadeInitiator.IkeOffer with { Transforms = [offered, .. HandmadeInitiator.IkeOffer.Transforms] };
            NotifyPayload? error = Init(context, offer, method, new byte[32])?.FirstErrorNotify;
            Assert.Equal(NotifyType.InvalidKePayload, error?.NotifyType);
            Assert.Equal(new byte[] { 0, 31 }, error!.Data.ToArray());
        }
    }

    [Fact]
    public void An_initiator_follows_no_invalid_ke_payload_to_a_group_it_did_not_offer()
    {
        var pair = new Pair();
        pair.Start();
        for (int number = 0; number <= ushort.MaxValue; number++)
            pair.Inject(pair.Initiator, InvalidKe((byte)(number >> 8), (byte)number));
        foreach (byte[] data in new byte[][] { [], [31], [0, 0, 31], [0, 0, 0, 31] }) pair.Inject(pair.Initiator, InvalidKe(data));
        Assert.Single(pair.Initiator.Outbox);
        pair.Drive();
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Theory]
    [MemberData(nameof(BadValues))]
    public void A_public_value_outside_its_group_gets_no_answer_in_ike_sa_init(KeyExchangeMethod method, string story)
    {
        SessionContext context = new Pair(o => o.ResponderProposals = [Everything]).Responder.Context;
        Proposal offer = ProposalParser.ParseIke(Everything, 1);
        var events = new List<SessionEvent>();
        Assert.Null(Init(context, offer, method, Bad(method)[story], events));
        Assert.Contains(events.OfType<DatagramDropped>(), d => d.Reason == DropReason.Malformed);
    }

    [Theory]
    [MemberData(nameof(BadValues))]
    public void In_an_ike_sa_init_response_it_is_ignored_and_the_true_one_still_counts(KeyExchangeMethod method, string story)
    {
        string proposal = new[] { "x25519", "ecp256", "ecp384", "modp2048", "modp3072", "modp4096" }
            .First(word => ProposalParser.ParseIke($"aes128gcm16-prfsha256-{word}", 1).Transforms.Any(t => t.Type == TransformType.KeyExchangeMethod && t.Id == (ushort)method));
        Pair pair = new(o => o.InitiatorProposals = o.ResponderProposals = [$"aes128gcm16-prfsha256-{proposal}"]);
        pair.Start();
        pair.Inject(pair.Responder, pair.Initiator.Outbox.Dequeue().Octets);
        IkeMessage good = MessageCodec.ParseClear(pair.Responder.Outbox.Peek().Octets).Message!;
        pair.Inject(pair.Initiator, MessageCodec.WriteClear(good.Header, [.. good.Payloads.Select(p => p is KePayload ? new KePayload(method, Bad(method)[story]) : p)]));
        Assert.Equal(IkeSaState.InitRequested, pair.Initiator.Session.State);
        pair.Drive();
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_create_child_sa_it_is_invalid_syntax_and_the_end(bool rekeysIke)
    {
        var pair = new Pair(o => o.ResponderEsp = ["aes128gcm16-x25519"]);
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Payload ke = new KePayload(KeyExchangeMethod.Curve25519, new byte[32]);
        Payload[] request = rekeysIke
            ? [new SaPayload([HandmadeInitiator.IkeOffer.WithSpi(0x1234567890abcdefUL)]), Parts.Nonce, ke]
            : [new SaPayload([ProposalParser.ParseEsp("aes128gcm16-x25519", 1).WithSpi(0xc1000002)]), Parts.Nonce, ke, HandmadeInitiator.TsI, HandmadeInitiator.TsR];
        Assert.Equal("CREATE_CHILD_SA response 2 [ N(INVAL_SYN) ]", initiator.Send(ExchangeType.CreateChildSa, request)!.Summary);
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
        Assert.Empty(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void In_create_child_sa_the_group_must_be_the_chosen_one_and_a_stray_payload_is_ignored()
    {
        var pair = new Pair(o => o.ResponderEsp = ["aes128gcm16-x25519", "aes128gcm16"]);
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Payload withGroup = new SaPayload([ProposalParser.ParseEsp("aes128gcm16-x25519-ecp384", 1).WithSpi(0xc1000002)]);
        Payload ecp384 = new KePayload(KeyExchangeMethod.Ecp384, new byte[96]);

        NotifyPayload wrong = initiator.Send(ExchangeType.CreateChildSa, withGroup, Parts.Nonce, ecp384, HandmadeInitiator.TsI, HandmadeInitiator.TsR)!.FirstErrorNotify!;
        Assert.Equal((NotifyType.InvalidKePayload, 31), (wrong.NotifyType, wrong.Data.Span[1]));
        NotifyPayload missing = initiator.Send(ExchangeType.CreateChildSa, withGroup, Parts.Nonce, HandmadeInitiator.TsI, HandmadeInitiator.TsR)!.FirstErrorNotify!;
        Assert.Equal(NotifyType.InvalidKePayload, missing.NotifyType);

        // RFC 7296 §3.3.6: where no group is selected KEi is ignored and there is no KEr.
        IkeMessage none = initiator.Send(ExchangeType.CreateChildSa, [.. Parts.Child, ecp384])!;
        Assert.Equal("CREATE_CHILD_SA response 4 [ SA No TSi TSr ]", none.Summary);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_group_is_asked_for_with_another_nonce(bool rekeysIke)
    {
        var pair = new Pair(o =>
        {
            o.InitiatorProposals = ["aes128gcm16-prfsha256-x25519-ecp256"];
            o.InitiatorEsp = ["aes128gcm16-x25519-ecp256"];
        });
        using HandmadeResponder responder = HandmadeResponder.Established(pair);
        IkeMessage first = responder.Await(rekeysIke ? new RekeyIkeSa() : new InitiateChild("second"))!;
        IkeMessage second = responder.Answer(new NotifyPayload(NotifyType.InvalidKePayload, new byte[] { 0, 19 }))!;
        Assert.Equal((KeyExchangeMethod.Curve25519, KeyExchangeMethod.Ecp256), (first.Find<KePayload>()!.Method, second.Find<KePayload>()!.Method));
        Assert.NotEqual(first.Find<NoncePayload>()!.Data.ToArray(), second.Find<NoncePayload>()!.Data.ToArray());
        Assert.Equal(first.Find<SaPayload>()!.Proposals[0].Transforms, second.Find<SaPayload>()!.Proposals[0].Transforms);
    }

    [Fact]
    public void An_answer_with_another_group_or_a_bad_value_makes_no_child_and_is_deleted()
    {
        foreach (KePayload? ke in new KePayload?[] { null, new(KeyExchangeMethod.Curve25519, new byte[32]), new(KeyExchangeMethod.Curve25519, new byte[31]), new(KeyExchangeMethod.Ecp384, new byte[96]) })
        {
            var pair = new Pair(o => o.InitiatorEsp = ["aes128gcm16-x25519"]);
            using HandmadeResponder responder = HandmadeResponder.Established(pair);
            IkeMessage request = responder.Await(new InitiateChild("second"))!;
            List<Payload> answer = [new SaPayload([ProposalParser.ParseEsp("aes128gcm16-x25519", 1).WithSpi(0xc1000002)]), Parts.Nonce, .. request.Payloads.OfType<TsPayload>()];
            if (ke is not null) answer.Add(ke);
            Assert.Equal("INFORMATIONAL request 3 [ D ]", responder.Answer([.. answer])!.Summary);
            Assert.Single(pair.Initiator.Kernel.Installed);
            Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        }
    }

    private static Dictionary<string, byte[]> Bad(KeyExchangeMethod method)
    {
        int length = KeyExchanges.PublicValueLength(method);
        byte[] one = new byte[length], ones = new byte[length];
        one[^1] = 1;
        ones.AsSpan().Fill(0xff);
        Dictionary<string, byte[]> bad = new()
        {
            ["all zero"] = new byte[length],
            ["too short"] = [.. ones[1..]],
            ["too long"] = [.. one, 1],
            ["very long"] = new byte[60_000],
            ["one octet"] = [4],
        };
        // Of X25519 1 is a point of small order; of the others it is 1, or no point of the curve.
        bad["one"] = method == KeyExchangeMethod.Curve25519 ? [1, .. new byte[length - 1]] : one;
        if (method != KeyExchangeMethod.Curve25519) bad["above the modulus, or off the curve"] = ones;
        return bad;
    }

    private static byte[] InvalidKe(params byte[] data) => MessageCodec.WriteClear(
        new IkeHeader(Pair.InitiatorSpi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Response, 0, 0),
        [new NotifyPayload(NotifyType.InvalidKePayload, data)]);

    /// <summary>A new responder's answer to one IKE_SA_INIT request; null without one. It keeps nothing but of a good one.</summary>
    private static IkeMessage? Init(SessionContext context, Proposal offer, KeyExchangeMethod method, byte[] value, List<SessionEvent>? events = null)
    {
        var header = new IkeHeader(Pair.InitiatorSpi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0, 0);
        byte[] request = MessageCodec.WriteClear(header, [new SaPayload([offer]), new KePayload(method, value), Parts.Nonce]);
        using IkeSession session = new(context, Pair.ResponderSpi);
        var path = new IkePath(new IPEndPoint(IPAddress.Parse("192.0.2.2"), 500), new IPEndPoint(IPAddress.Parse("192.0.2.1"), 500), false);
        IReadOnlyList<SessionEffect> effects = session.Handle(new DatagramReceived(request, path), TimeSpan.Zero);
        events?.AddRange(effects.OfType<Report>().Select(r => r.Event));
        Assert.Contains(effects, e => e is Ended);
        return effects.OfType<Transmit>().SingleOrDefault() is { } transmit ? MessageCodec.ParseClear(transmit.Message.Span).Message : null;
    }
}
