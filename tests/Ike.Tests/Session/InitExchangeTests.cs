using System.Net;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>IKE_SA_INIT: groups, cookies, NAT, repetition, and what must not end or start anything (RFC 7296 §1.2, §2.1, §2.6, §2.23).</summary>
public sealed class InitExchangeTests
{
    [Fact]
    public void Another_group_is_asked_for_and_the_retry_offers_the_full_set()
    {
        Pair pair = new Pair(o =>
        {
            o.InitiatorProposals = ["aes128gcm16-prfsha256-ecp384-x25519"];
            o.ResponderProposals = ["aes128gcm16-prfsha256-x25519"];
        }).WithRestartingResponder().Establish();

        Assert.Equal("IKE_SA_INIT response 0 [ N(INVAL_KE) ]", pair.Responder.Sent.First());
        List<IkeMessage> requests = [.. pair.Wire
            .Where(p => p.Octets[18] == (byte)ExchangeType.IkeSaInit && (p.Octets[19] & 0x20) == 0)
            .Select(p => MessageCodec.ParseClear(p.Octets).Message!)];
        Assert.Equal(2, requests.Count);
        Assert.Equal(requests[0].Find<SaPayload>()!.Proposals[0].Transforms, requests[1].Find<SaPayload>()!.Proposals[0].Transforms);
        Assert.Equal(KeyExchangeMethod.Curve25519, requests[1].Find<KePayload>()!.Method);
        Assert.All(requests, r => Assert.Equal(0ul, r.Header.ResponderSpi));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Theory]
    [InlineData((ushort)0)]
    [InlineData((ushort)14)]
    [InlineData((ushort)1025)]
    public void A_group_that_was_not_offered_is_ignored(ushort group)
    {
        var pair = new Pair();
        pair.Start();
        byte[] forged = MessageCodec.WriteClear(
            new IkeHeader(Pair.InitiatorSpi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Response, 0, 0),
            [new NotifyPayload(NotifyType.InvalidKePayload, new[] { (byte)(group >> 8), (byte)group })]);
        pair.Inject(pair.Initiator, forged);
        Assert.Single(pair.Initiator.Outbox);
        pair.Drive();
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void A_cookie_is_returned_first_with_everything_else_unchanged()
    {
        var pair = new Pair();
        pair.Start();
        Packet first = pair.Initiator.Outbox.Dequeue();
        byte[] demand = MessageCodec.WriteClear(
            new IkeHeader(Pair.InitiatorSpi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Response, 0, 0),
            [new NotifyPayload(NotifyType.Cookie, new byte[] { 1, 2, 3 })]);
        pair.Inject(pair.Initiator, demand);

        IkeMessage before = MessageCodec.ParseClear(first.Octets).Message!;
        IkeMessage after = MessageCodec.ParseClear(pair.Initiator.Outbox.Peek().Octets).Message!;
        NotifyPayload cookie = Assert.IsType<NotifyPayload>(after.Payloads[0]);
        Assert.Equal(NotifyType.Cookie, cookie.NotifyType);
        Assert.Equal(new byte[] { 1, 2, 3 }, cookie.Data.ToArray());
        Assert.Equal(before.Payloads.Count + 1, after.Payloads.Count);
        Assert.Equal(before.Find<KePayload>()!.Data.ToArray(), after.Find<KePayload>()!.Data.ToArray());
        Assert.Equal(before.Find<NoncePayload>()!.Data.ToArray(), after.Find<NoncePayload>()!.Data.ToArray());
        pair.Drive();
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Fact]
    public void Cookie_rounds_are_bounded()
    {
        var pair = new Pair { Network = (_, _) => null };
        pair.Start();
        for (byte round = 0; round < 50; round++)
        {
            pair.Inject(pair.Initiator, MessageCodec.WriteClear(
                new IkeHeader(Pair.InitiatorSpi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Response, 0, 0),
                [new NotifyPayload(NotifyType.Cookie, new[] { round })]));
        }

        Assert.InRange(pair.Initiator.Sent.Count(), 2, 6);
    }

    [Fact]
    public void Each_lost_message_is_repeated_octet_by_octet_and_answered_from_the_cache()
    {
        for (int lost = 0; lost < 4; lost++)
        {
            int count = 0, victim = lost;
            List<byte[]> seen = [];
            var pair = new Pair();
            pair.Network = (packet, _) =>
            {
                seen.Add(packet.Octets);
                return count++ == victim ? null : packet;
            };
            pair.Establish();
            pair.Advance(TimeSpan.FromSeconds(5));

            Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
            Assert.Single(pair.Responder.Kernel.Installed);
            Assert.Equal(1, pair.Responder.Kernel.InstallAttempts);
            Assert.Contains(seen.Skip(victim + 1), octets => octets.AsSpan().SequenceEqual(seen[victim]));
        }
    }

    [Fact]
    public void Repetitions_back_off_and_end_in_peer_unreachable()
    {
        var pair = new Pair { Network = (_, _) => null };
        pair.Start();
        pair.Advance(TimeSpan.FromSeconds(164));
        Assert.Equal(6, pair.Initiator.Sent.Count());
        Assert.Null(pair.Initiator.End);
        pair.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(EndReason.PeerUnreachable, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void A_half_open_ike_sa_ends_in_time()
    {
        var pair = new Pair { Network = (packet, _) => packet.Octets[18] == (byte)ExchangeType.IkeSaInit ? packet : null };
        pair.Establish();
        Assert.Equal(IkeSaState.InitAnswered, pair.Responder.Session.State);
        pair.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(EndReason.HalfOpenTimeout, pair.Responder.End);
        pair.Responder.AssertNothingLeft();
    }

    [Fact]
    public void No_common_proposal_is_refused_without_a_responder_spi()
    {
        Pair pair = new Pair(o => o.ResponderProposals = ["aes256-sha512-ecp384"]).Establish();
        IkeMessage answer = MessageCodec.ParseClear(pair.Wire[1].Octets).Message!;
        Assert.Equal(NotifyType.NoProposalChosen, answer.FirstErrorNotify!.NotifyType);
        Assert.Equal(0ul, answer.Header.ResponderSpi);
        Assert.Equal(EndReason.NoProposalChosen, pair.Responder.End);
        pair.Responder.AssertNothingLeft();
    }

    [Fact]
    public void Behind_a_nat_both_go_on_at_port_4500_and_encapsulate()
    {
        Pair pair = new Pair(o => o.Translate = (source, toResponder) =>
            toResponder ? new IPEndPoint(IPAddress.Parse("198.51.100.7"), 40000 + source.Port % 1000) : source).Establish();

        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Packet auth = pair.Wire[2];
        Assert.True(auth.Path.NonEspMarker);
        Assert.Equal((4500, 4500), (auth.Path.Local.Port, auth.Path.Remote.Port));
        Assert.True(pair.Wire[3].Path.NonEspMarker);
        Assert.True(Assert.Single(pair.Initiator.Kernel.Installed.Values).UdpEncapsulation);
        ChildSaParameters responders = Assert.Single(pair.Responder.Kernel.Installed.Values);
        Assert.True(responders.UdpEncapsulation);
        Assert.Equal("198.51.100.7", responders.RemoteEndpoint.Address.ToString());
    }

    [Fact]
    public void Forced_encapsulation_pretends_a_nat()
    {
        Pair pair = new Pair(o => o.InitiatorConnection = c => c with { ForceEncapsulation = true }).Establish();
        Assert.True(Assert.Single(pair.Responder.Kernel.Installed.Values).UdpEncapsulation);
        Assert.Equal(4500, pair.Wire[2].Path.Remote.Port);
    }

    [Fact]
    public void A_late_init_message_changes_nothing()
    {
        var pair = new Pair();
        pair.Establish();
        byte[] request = pair.Wire[0].Octets, response = pair.Wire[1].Octets;
        int sent = pair.Responder.Sent.Count() + pair.Initiator.Sent.Count();
        pair.Inject(pair.Responder, request);
        pair.Inject(pair.Initiator, response);
        pair.Drive();

        Assert.Equal(sent, pair.Responder.Sent.Count() + pair.Initiator.Sent.Count());
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    [Theory]
    [InlineData("aes256-sha256-modp2048")]
    [InlineData("aes128-sha384-modp3072")]
    [InlineData("aes256-sha512-modp4096")]
    [InlineData("aes256gcm16-prfsha384-ecp384")]
    [InlineData("aes128gcm16-prfsha512-ecp256")]
    [InlineData("chacha20poly1305-prfsha256-x25519")]
    public void Every_kind_of_proposal_establishes(string proposal)
    {
        Pair pair = new Pair(o => o.InitiatorProposals = o.ResponderProposals = [proposal]).Establish();
        SeedRowTests.AssertMirrored(
            Assert.Single(pair.Initiator.Kernel.Installed.Values), Assert.Single(pair.Responder.Kernel.Installed.Values));
    }
}
