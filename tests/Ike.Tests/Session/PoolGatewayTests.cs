using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>The gateway that gives addresses inside the tunnel (RFC 7296 §2.19, §3.15.4), before peers that do as they like.</summary>
public sealed class PoolGatewayTests
{
    private static readonly ConfigurationAttribute AnyIpv4 = ConfigurationAttribute.Ask(IPAddress.Any);
    private static readonly TsPayload All = new(PayloadType.TrafficSelectorInitiator, [TrafficSelector.Parse("0.0.0.0/0")]);

    [Fact]
    public void The_response_waits_for_the_lease_and_repetitions_meanwhile_are_dropped()
    {
        Pair pair = RoadWarriors.Pair();
        pair.Responder.Lease = _ => null;
        pair.Establish();
        Assert.Equal(IkeSaState.InitAnswered, pair.Responder.Session.State);
        pair.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains(DropReason.InProgress, pair.Responder.Drops);
        Assert.Single(pair.Responder.Asked<LeaseAddresses>());

        pair.Tell(pair.Responder, RoadWarriors.Give(pair.Responder.Asked<LeaseAddresses>().Single()));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Equal("10.3.0.1/32", pair.Responder.Beyond());
    }

    [Fact]
    public void A_lease_that_never_comes_ends_with_the_half_open_time_and_is_given_back()
    {
        Pair pair = RoadWarriors.Pair();
        pair.Responder.Lease = _ => null;
        pair.Establish();
        pair.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(EndReason.HalfOpenTimeout, pair.Responder.End);
        Assert.Single(pair.Responder.Asked<ReleaseAddresses>());
        // Too late: nobody takes it.
        pair.Responder.Handle(RoadWarriors.Give(pair.Responder.Asked<LeaseAddresses>().Single()), pair.Now);
        Assert.Empty(pair.Responder.Session.PeerAddresses);
    }

    [Fact]
    public void Nothing_is_leased_for_a_peer_that_is_not_authenticated()
    {
        Pair pair = RoadWarriors.Pair(configure: o => o.InitiatorKey = "wrong");
        pair.Establish();
        Assert.Empty(pair.Responder.Asked<LeaseAddresses>());
        Assert.Empty(pair.Responder.Asked<ReleaseAddresses>());
    }

    [Fact]
    public void The_wish_names_who_asks_and_whether_older_ike_sas_go()
    {
        Pair pair = RoadWarriors.Pair([IPAddress.Parse("10.3.0.77"), IPAddress.IPv6Any]).Establish();
        LeaseAddresses wish = Assert.Single(pair.Responder.Asked<LeaseAddresses>());
        Assert.Equal(["rw"], wish.Pools);
        Assert.Equal(["10.3.0.77", "::"], wish.Asked.Select(a => a.ToString()));
        Assert.Equal(("moon.example.org", "192.0.2.1", true), (wish.Identity.ToString(), wish.Peer.ToString(), wish.TakesOver));

        Pair never = RoadWarriors.Pair(configure: o =>
        {
            Func<ConnectionConfig, ConnectionConfig> connection = o.ResponderConnection;
            o.ResponderConnection = c => connection(c) with { Unique = UniquePolicy.Never };
        }).Establish();
        Assert.False(Assert.Single(never.Responder.Asked<LeaseAddresses>()).TakesOver);
    }

    [Fact]
    public void Without_an_address_to_give_the_ike_sa_lives_without_a_child()
    {
        Pair pair = RoadWarriors.Pair();
        pair.Responder.Lease = _ => new AddressesRefused("pool 'rw' is full");
        using HandmadeInitiator client = new(pair.Responder);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH N(INT_ADDR_FAIL) ]", Authenticate(client, AnyIpv4)!.Summary);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Equal(0, pair.Responder.Kernel.InstallAttempts);

        // A child that is for no address of ours is built; one that is not has to ask first.
        TsPayload inside = new(PayloadType.TrafficSelectorInitiator, [TrafficSelector.Parse("10.1.1.0/24")]), behind = new(PayloadType.TrafficSelectorResponder, [TrafficSelector.Parse("10.2.1.0/24")]);
        NoncePayload nonce = new(new byte[32]);
        Assert.Equal("CREATE_CHILD_SA response 2 [ SA No TSi TSr ]", client.Send(ExchangeType.CreateChildSa, HandmadeInitiator.EspOffer, nonce, inside, behind)!.Summary);
        TsPayload elsewhere = new(PayloadType.TrafficSelectorResponder, [TrafficSelector.Parse("10.9.0.0/24")]);
        Assert.Equal("CREATE_CHILD_SA response 3 [ N(FAIL_CP_REQ) ]", client.Send(ExchangeType.CreateChildSa, HandmadeInitiator.EspOffer, nonce, All, elsewhere)!.Summary);
    }

    [Fact]
    public void Who_asks_for_no_address_gets_no_child_that_is_for_one()
    {
        Pair pair = RoadWarriors.Pair();
        using HandmadeInitiator client = new(pair.Responder);
        TsPayload everything = new(PayloadType.TrafficSelectorResponder, [TrafficSelector.Parse("10.9.0.0/24")]);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH N(FAIL_CP_REQ) ]", client.Send(ExchangeType.IkeAuth, client.Id, client.Prove(), HandmadeInitiator.EspOffer, All, everything)!.Summary);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Empty(pair.Responder.Asked<LeaseAddresses>());
    }

    [Fact]
    public void A_wish_without_an_address_in_it_is_none()
    {
        Pair pair = RoadWarriors.Pair();
        using HandmadeInitiator client = new(pair.Responder);
        ConfigurationAttribute[] wishes =
        [
            new(ConfigurationAttributeType.InternalIp4Dns, default), new(ConfigurationAttributeType.InternalIp4Address, new byte[3]),
            new(ConfigurationAttributeType.InternalIp6Address, new byte[40]), new((ConfigurationAttributeType)0x7001, new byte[9]),
        ];
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH N(FAIL_CP_REQ) ]", Authenticate(client, wishes)!.Summary);
        Assert.Empty(pair.Responder.Asked<LeaseAddresses>());
    }

    [Fact]
    public void However_many_addresses_a_peer_wants_a_few_are_looked_at()
    {
        Pair pair = RoadWarriors.Pair();
        using HandmadeInitiator client = new(pair.Responder);
        Authenticate(client, [.. Enumerable.Repeat(AnyIpv4, 5000)]);
        Assert.Equal(8, Assert.Single(pair.Responder.Asked<LeaseAddresses>()).Asked.Count);
    }

    [Fact]
    public void A_reply_or_an_ack_of_which_there_was_no_question_leases_nothing()
    {
        foreach (ConfigurationType type in new[] { ConfigurationType.Reply, ConfigurationType.Ack, ConfigurationType.Set, (ConfigurationType)77 })
        {
            Pair pair = RoadWarriors.Pair();
            using HandmadeInitiator client = new(pair.Responder);
            Assert.Equal(
                "IKE_AUTH response 1 [ IDr AUTH N(FAIL_CP_REQ) ]",
                client.Send(ExchangeType.IkeAuth, client.Id, client.Prove(), new CpPayload(type, [AnyIpv4]), HandmadeInitiator.EspOffer, All, Elsewhere)!.Summary);
            Assert.Empty(pair.Responder.Asked<LeaseAddresses>());
        }
    }

    [Fact]
    public void Who_has_an_address_and_asks_again_is_told_the_same()
    {
        Pair pair = RoadWarriors.Pair();
        using HandmadeInitiator client = new(pair.Responder);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH CPRP(ADDR DNS) SA TSi TSr ]", Authenticate(client, AnyIpv4)!.Summary);
        IkeMessage again = client.Send(ExchangeType.Informational, new CpPayload(ConfigurationType.Request, [AnyIpv4]))!;
        Assert.Equal(RoadWarriors.Ipv4, again.Find<CpPayload>()!.Attributes[0].Address);
        Assert.Single(pair.Responder.Asked<LeaseAddresses>());
    }

    [Fact]
    public void What_asks_for_an_address_later_waits_for_the_lease_and_a_delete_meanwhile_gives_it_back()
    {
        Pair pair = RoadWarriors.Pair();
        pair.Responder.Lease = _ => new AddressesRefused("pool 'rw' is full");
        using HandmadeInitiator client = new(pair.Responder);
        Authenticate(client, AnyIpv4);
        pair.Responder.Lease = _ => null;
        Assert.Null(client.Send(ExchangeType.Informational, new CpPayload(ConfigurationType.Request, [AnyIpv4])));

        pair.Responder.Handle(new Abandon(EndReason.Replaced), pair.Now);
        Assert.Equal(EndReason.Replaced, pair.Responder.End);
        Assert.Single(pair.Responder.Asked<ReleaseAddresses>());
    }

    private static TsPayload Elsewhere => new(PayloadType.TrafficSelectorResponder, [TrafficSelector.Parse("10.9.0.0/24")]);

    private static IkeMessage? Authenticate(HandmadeInitiator client, params ConfigurationAttribute[] wishes) => client.Send(
        ExchangeType.IkeAuth, client.Id, client.Prove(), new CpPayload(ConfigurationType.Request, wishes), HandmadeInitiator.EspOffer, All, Elsewhere);
}
