using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Concentrator.Tests.Shared;

namespace Concentrator.Actors.Tests.Routing;

public sealed class DatagramGateTests : IDisposable
{
    private readonly GateFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_new_request_may_begin_an_ike_sa_and_its_repetition_meets_the_same()
    {
        GateVerdict first = _fixture.Judge(GateFixture.InitRequest());
        _fixture.Sessions.TryEnter(first.Session);
        GateVerdict second = _fixture.Judge(GateFixture.InitRequest());

        Assert.Equal(GateAction.Begin, first.Action);
        Assert.Equal(GateVerdict.Deliver(first.Session), second);
    }

    // In a shard of another address it would stay behind when its own goes elsewhere.
    [Fact]
    public void Where_no_shard_of_the_address_is_here_it_begins_where_that_is()
    {
        (_fixture.Gate.Shards, _fixture.Gate.Belonging) = (LocalShards.Of([7, 200]), LocalShards.Of([9, 201]));
        GateVerdict elsewhere = _fixture.Judge(GateFixture.InitRequest());
        Assert.Equal(GateAction.Deliver, elsewhere.Action);
        Assert.Contains(elsewhere.Session.Shard, new byte[] { 9, 201 });

        _fixture.Gate.Shards = LocalShards.Of([7, 201]);
        GateVerdict here = _fixture.Judge(GateFixture.InitRequest());
        Assert.Equal((GateAction.Begin, (byte)201), (here.Action, here.Session.Shard));
    }

    // RFC 7296 §2.1: two peers behind one NAT may choose the same SPI.
    [Fact]
    public void The_same_spi_from_another_port_is_another_ike_sa()
    {
        GateVerdict one = _fixture.Judge(GateFixture.InitRequest(), GateFixture.At("192.0.2.1", 1024));
        GateVerdict other = _fixture.Judge(GateFixture.InitRequest(), GateFixture.At("192.0.2.1", 1025));

        Assert.NotEqual(one.Session, other.Session);
    }

    [Fact]
    public void Every_truncation_of_a_request_is_dropped_for_its_length()
    {
        byte[] whole = GateFixture.InitRequest();
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(GateVerdict.Drop(DropReason.BadLength), _fixture.Judge(whole[..length]));
        Assert.Equal(GateVerdict.Drop(DropReason.BadLength), _fixture.Judge([.. whole, 0]));
    }

    // RFC 7296 §2.5
    [Theory]
    [InlineData(0x10)]
    [InlineData(0x00)]
    [InlineData(0x1f)]
    public void An_older_major_version_is_ignored(byte version) =>
        Assert.Equal(GateVerdict.Drop(DropReason.BadVersion), _fixture.Judge(GateFixture.InitRequest(change: h => h with { Version = version })));

    [Fact]
    public void A_higher_major_version_is_answered_with_ours()
    {
        GateVerdict verdict = _fixture.Judge(GateFixture.InitRequest(spi: 0xabc, change: h => h with { Version = 0x30, MessageId = 5 }));
        IkeMessage answer = _fixture.AnswerTo(verdict);

        Assert.Equal((GateAction.Answer, DropReason.BadVersion), (verdict.Action, verdict.Reason));
        Assert.Equal(NotifyType.InvalidMajorVersion, Assert.IsType<NotifyPayload>(Assert.Single(answer.Payloads)).NotifyType);
        Assert.Equal((0xabcUL, 5u, IkeHeader.Version2), (answer.Header.InitiatorSpi, answer.Header.MessageId, answer.Header.Version));
        Assert.True(answer.Header.IsResponse);
    }

    [Fact]
    public void A_response_of_a_higher_version_is_not_answered() => Assert.Equal(
        GateVerdict.Drop(DropReason.BadVersion),
        _fixture.Judge(GateFixture.InitRequest(change: h => h with { Version = 0x30, Flags = IkeFlags.Response })));

    [Fact]
    public void A_higher_minor_version_does_not_matter() =>
        Assert.Equal(GateAction.Begin, _fixture.Judge(GateFixture.InitRequest(change: h => h with { Version = 0x2f })).Action);

    // RFC 7296 §2.2, §2.6, §3.1
    [Fact]
    public void A_request_to_begin_that_cannot_be_one_is_dropped()
    {
        Func<IkeHeader, IkeHeader>[] faults =
        [
            h => h with { MessageId = 1 },
            h => h with { ResponderSpi = 9 },
            h => h with { Flags = IkeFlags.None },
            h => h with { InitiatorSpi = 0 },
        ];

        foreach (Func<IkeHeader, IkeHeader> fault in faults)
            Assert.Equal(GateVerdict.Drop(DropReason.BadHeader), _fixture.Judge(GateFixture.InitRequest(change: fault)));
    }

    [Fact]
    public void The_i_flag_says_which_spi_is_ours()
    {
        SessionId ours = new(0x42);
        _fixture.Sessions.TryEnter(ours);
        ulong spi = ours.Spi().Value;

        Assert.Equal(GateVerdict.Deliver(ours), _fixture.Judge(GateFixture.Protected(0x77, spi, IkeFlags.Initiator)));
        Assert.Equal(GateVerdict.Deliver(ours), _fixture.Judge(GateFixture.Protected(spi, 0x77, IkeFlags.None)));
        Assert.Equal(DropReason.UnknownSpi, _fixture.Judge(GateFixture.Protected(spi, 0x7700, IkeFlags.Initiator)).Reason);
    }

    [Fact]
    public void A_rekeyed_ike_sa_is_the_same_session()
    {
        SessionId ours = new(0x42);
        _fixture.Sessions.TryEnter(ours);

        Assert.Equal(GateVerdict.Deliver(ours), _fixture.Judge(GateFixture.Protected(0x77, ours.Spi(3).Value, IkeFlags.Initiator)));
    }

    // RFC 7296 §2.21.4
    [Fact]
    public void A_request_to_an_unknown_ike_sa_is_answered_outside_any()
    {
        GateVerdict verdict = _fixture.Judge(GateFixture.Protected(0x77, 0x9900, IkeFlags.Initiator, ExchangeType.CreateChildSa, id: 12));
        IkeMessage answer = _fixture.AnswerTo(verdict);

        Assert.Equal((GateAction.Answer, DropReason.UnknownSpi), (verdict.Action, verdict.Reason));
        Assert.Equal(NotifyType.InvalidIkeSpi, Assert.IsType<NotifyPayload>(Assert.Single(answer.Payloads)).NotifyType);
        Assert.Equal(
            (0x77UL, 0x9900UL, 12u, ExchangeType.CreateChildSa, IkeFlags.Response),
            (answer.Header.InitiatorSpi, answer.Header.ResponderSpi, answer.Header.MessageId, answer.Header.Exchange, answer.Header.Flags));
    }

    [Fact]
    public void A_response_to_an_unknown_ike_sa_is_never_answered() => Assert.Equal(
        GateVerdict.Drop(DropReason.UnknownSpi),
        _fixture.Judge(GateFixture.Protected(0x9900, 0x77, IkeFlags.Response)));

    [Fact]
    public void Answers_outside_any_ike_sa_are_bounded_and_flow_again_later()
    {
        byte[] stray = GateFixture.Protected(0x77, 0x9900, IkeFlags.Initiator);
        int answered = Enumerable.Range(0, 1000).Count(_ => _fixture.Judge(stray).Action == GateAction.Answer);

        Assert.InRange(answered, 1, 200);
        Assert.Equal(GateAction.Answer, _fixture.Judge(stray, seconds: 1).Action);
    }

    [Fact]
    public void What_lives_on_another_node_is_passed_on()
    {
        _fixture.Gate.Shards = LocalShards.Of([1, 2, 3]);
        SessionId elsewhere = new(0x00FF_0000_0000_0001);

        Assert.Equal(GateVerdict.Deliver(elsewhere), _fixture.Judge(GateFixture.Protected(0x77, elsewhere.Spi().Value, IkeFlags.Initiator)));
    }

    [Fact]
    public void A_closed_gate_lets_nothing_begin_but_what_lives_go_on()
    {
        SessionId living = _fixture.Judge(GateFixture.InitRequest(spi: 1)).Session;
        _fixture.Sessions.TryEnter(living);
        _fixture.Gate.IsClosed = true;

        Assert.Equal(GateVerdict.Deliver(living), _fixture.Judge(GateFixture.InitRequest(spi: 1)));
        Assert.Equal(GateVerdict.Drop(DropReason.ShuttingDown), _fixture.Judge(GateFixture.InitRequest(spi: 2)));
    }

    [Fact]
    public void A_broken_chain_of_payloads_begins_nothing()
    {
        byte[] broken = GateFixture.InitRequest();
        broken[IkeHeader.Size + 3]++;

        Assert.Equal(GateVerdict.Drop(DropReason.Malformed), _fixture.Judge(broken));
    }

    [Fact]
    public void Dropping_and_answering_allocate_nothing()
    {
        byte[] begin = GateFixture.InitRequest();
        byte[][] datagrams =
        [
            begin[..20],
            GateFixture.InitRequest(change: h => h with { Version = 0x10 }),
            GateFixture.InitRequest(change: h => h with { Version = 0x30 }),
            GateFixture.InitRequest(change: h => h with { MessageId = 1 }),
            GateFixture.Protected(0x77, 0x9900, IkeFlags.Initiator),
            GateFixture.Protected(0x9900, 0x77, IkeFlags.Response),
            begin,
        ];
        foreach (byte[] datagram in datagrams) _fixture.Judge(datagram);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int round = 0; round < 100; round++)
                foreach (byte[] datagram in datagrams) _fixture.Judge(datagram, GateFixture.Peer);
        }));
    }
}

public class HalfOpenLimitTests
{
    [Fact]
    public void From_the_threshold_on_a_cookie_comes_first_and_opens_the_gate()
    {
        using GateFixture fixture = new(new HalfOpenLimits { CookieThreshold = 3 });
        fixture.Fill(3);

        GateVerdict demanded = fixture.Judge(GateFixture.InitRequest(spi: 0x5));
        NotifyPayload cookie = Assert.IsType<NotifyPayload>(Assert.Single(fixture.AnswerTo(demanded).Payloads));
        GateVerdict shown = fixture.Judge(GateFixture.InitRequest(spi: 0x5, cookie.Data.ToArray()));

        Assert.Equal((GateAction.Answer, DropReason.CookieDemanded), (demanded.Action, demanded.Reason));
        Assert.Equal(NotifyType.Cookie, cookie.NotifyType);
        Assert.Equal(GateAction.Begin, shown.Action);
    }

    // RFC 7296 §2.6: the answer names no responder SPI.
    [Fact]
    public void The_answer_that_demands_a_cookie_names_no_responder_spi()
    {
        using GateFixture fixture = new(new HalfOpenLimits { CookieThreshold = 1 });
        fixture.Fill(1);

        Assert.Equal(0UL, fixture.AnswerTo(fixture.Judge(GateFixture.InitRequest())).Header.ResponderSpi);
    }

    [Fact]
    public void A_cookie_of_another_address_another_spi_or_of_nobody_counts_as_none()
    {
        using GateFixture fixture = new(new HalfOpenLimits { CookieThreshold = 1 });
        fixture.Fill(1);
        byte[] cookie = Assert.IsType<NotifyPayload>(
            Assert.Single(fixture.AnswerTo(fixture.Judge(GateFixture.InitRequest(spi: 0x5))).Payloads)).Data.ToArray();

        Assert.Equal(DropReason.CookieDemanded, fixture.Judge(GateFixture.InitRequest(0x5, cookie), GateFixture.At("192.0.2.9")).Reason);
        Assert.Equal(DropReason.CookieDemanded, fixture.Judge(GateFixture.InitRequest(0x6, cookie)).Reason);
        Assert.Equal(DropReason.CookieDemanded, fixture.Judge(GateFixture.InitRequest(0x5, new byte[17])).Reason);
    }

    [Fact]
    public void Below_the_threshold_and_with_it_off_nobody_is_asked()
    {
        using GateFixture below = new(new HalfOpenLimits { CookieThreshold = 3 });
        using GateFixture off = new(new HalfOpenLimits { CookieThreshold = 0 });
        below.Fill(2);
        off.Fill(90);

        Assert.Equal(GateAction.Begin, below.Judge(GateFixture.InitRequest()).Action);
        Assert.Equal(GateAction.Begin, off.Judge(GateFixture.InitRequest()).Action);
    }

    [Fact]
    public void One_address_may_be_asked_earlier_than_the_rest()
    {
        using GateFixture fixture = new(new HalfOpenLimits { CookieThresholdPerAddress = 1 });
        fixture.HalfOpen.Add(new SessionId(1), GateFixture.At("192.0.2.1"));

        Assert.Equal(DropReason.CookieDemanded, fixture.Judge(GateFixture.InitRequest()).Reason);
        Assert.Equal(GateAction.Begin, fixture.Judge(GateFixture.InitRequest(), GateFixture.At("192.0.2.2")).Action);
    }

    [Fact]
    public void One_address_is_blocked_from_its_limit_on_until_one_settles()
    {
        using GateFixture fixture = new(new HalfOpenLimits { BlockThreshold = 2 });
        fixture.HalfOpen.Add(new SessionId(1), GateFixture.At("192.0.2.1", 1));
        fixture.HalfOpen.Add(new SessionId(2), GateFixture.At("192.0.2.1", 2));

        Assert.Equal(GateVerdict.Drop(DropReason.HalfOpenLimit), fixture.Judge(GateFixture.InitRequest()));
        Assert.Equal(GateAction.Begin, fixture.Judge(GateFixture.InitRequest(), GateFixture.At("192.0.2.2")).Action);
        fixture.HalfOpen.Remove(new SessionId(1));
        Assert.Equal(GateAction.Begin, fixture.Judge(GateFixture.InitRequest()).Action);
    }

    [Fact]
    public void All_together_are_blocked_from_the_init_limit_on()
    {
        using GateFixture fixture = new(new HalfOpenLimits { CookieThreshold = 0, InitLimit = 5 });
        fixture.Fill(5);

        Assert.Equal(GateVerdict.Drop(DropReason.HalfOpenLimit), fixture.Judge(GateFixture.InitRequest()));
    }

    [Fact]
    public void One_ipv6_host_counts_by_its_network()
    {
        HalfOpenTable table = new();
        table.Add(new SessionId(1), GateFixture.At("2001:db8::1"));
        table.Add(new SessionId(2), GateFixture.At("2001:db8::2"));

        Assert.Equal(2, table.Of(GateFixture.At("2001:db8::3")));
        Assert.Equal(0, table.Of(GateFixture.At("2001:db8:0:1::1")));
    }

    [Fact]
    public void What_settles_twice_is_counted_once()
    {
        HalfOpenTable table = new();
        table.Add(new SessionId(1), GateFixture.Peer);
        table.Add(new SessionId(1), GateFixture.Peer);
        table.Remove(new SessionId(1));
        table.Remove(new SessionId(1));

        Assert.Equal((0, 0), (table.Total, table.Of(GateFixture.Peer)));
    }
}
