using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>The client that asks for addresses inside the tunnel (RFC 7296 §2.19, §3.15.4).</summary>
public sealed class VirtualAddressTests
{
    [Fact]
    public void A_client_gets_its_address_and_the_child_is_for_that_alone()
    {
        Pair pair = RoadWarriors.Pair().Establish();

        Assert.Contains("IKE_AUTH request 1 [ IDi IDr AUTH CPRQ(ADDR DNS) SA TSi TSr N(INIT_CONTACT) ]", pair.Initiator.Sent);
        Assert.Contains("IKE_AUTH response 1 [ IDr AUTH CPRP(ADDR DNS) SA TSi TSr ]", pair.Responder.Sent);
        Assert.Equal("10.3.0.1/32", pair.Initiator.Inside());
        Assert.Equal("10.3.0.1/32", pair.Responder.Beyond());
        SeedRowTests.AssertMirrored(pair.Initiator.Kernel.Installed[1], pair.Responder.Kernel.Installed[1]);
        Assert.Equal([RoadWarriors.Ipv4], Assert.Single(pair.Initiator.Asked<UseAddresses>()).Addresses);
        Assert.Equal([RoadWarriors.Ipv4], pair.Initiator.Session.VirtualAddresses);
        Assert.Contains(pair.Initiator.Events.OfType<Remark>(), r => r.Text.Contains("10.2.0.53", StringComparison.Ordinal));
    }

    [Fact]
    public void The_address_is_asked_for_before_the_child_that_uses_it()
    {
        Pair pair = RoadWarriors.Pair();
        List<string> order = [];
        pair.Initiator.Performed = effect =>
        {
            if (effect is UseAddresses or TellChild { Command: InstallChild }) order.Add(effect.GetType().Name);
        };
        pair.Establish();
        Assert.Equal([nameof(UseAddresses), nameof(TellChild)], order);
    }

    [Fact]
    public void Both_families_at_once_share_one_child()
    {
        Pair pair = RoadWarriors.Pair([IPAddress.Any, IPAddress.IPv6Any]).Establish();
        Assert.Contains("IKE_AUTH request 1 [ IDi IDr AUTH CPRQ(ADDR ADDR6 DNS DNS6) SA TSi TSr N(INIT_CONTACT) ]", pair.Initiator.Sent);
        Assert.Equal("10.3.0.1/32 2001:db8:3::1/128", pair.Initiator.Inside());
        Assert.Equal("10.3.0.1/32 2001:db8:3::1/128", pair.Responder.Beyond());
    }

    [Fact]
    public void An_address_outlives_rekeying_of_the_child_and_of_the_ike_sa()
    {
        Pair pair = RoadWarriors.Pair().Establish();
        pair.Tell(pair.Initiator, new RekeyChild(1));
        pair.Tell(pair.Responder, new RekeyIkeSa());
        pair.Tell(pair.Responder, new RekeyChild(2));
        pair.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("10.3.0.1/32", Assert.Single(Assert.Single(pair.Initiator.Kernel.Installed).Value.Local).ToString());
        Assert.Equal("10.3.0.1/32", Assert.Single(Assert.Single(pair.Responder.Kernel.Installed).Value.Remote).ToString());
        Assert.Single(pair.Responder.Asked<LeaseAddresses>());
        Assert.Empty(pair.Responder.Asked<ReleaseAddresses>());
        Assert.Empty(pair.Initiator.Asked<DropAddresses>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Addresses_outlive_the_node_and_are_given_back_in_the_end(bool ofClient)
    {
        Pair pair = RoadWarriors.Pair(configure: o => o.Persistent = true).Establish();
        TestPeer failing = ofClient ? pair.Initiator : pair.Responder;
        failing.Told.Clear();
        Assert.True(failing.Fail(pair.Now));
        pair.Tell(failing, new TakeOver(TimeSpan.FromSeconds(20)));
        pair.Advance(TimeSpan.FromMinutes(1));

        // Ours have to be added to another host; the peer's are leased in the name of the session.
        Assert.Equal(ofClient ? [RoadWarriors.Ipv4] : [], failing.Asked<UseAddresses>().SelectMany(u => u.Addresses));
        Assert.Empty(failing.Asked<LeaseAddresses>());
        Assert.True(failing.Announced!.IsResumed);
        Assert.Equal("10.3.0.1/32", Assert.Single(Assert.Single(pair.Initiator.Kernel.Installed).Value.Local).ToString());
        Assert.Equal("10.3.0.1/32", Assert.Single(Assert.Single(pair.Responder.Kernel.Installed).Value.Remote).ToString());
        pair.Tell(pair.Initiator, new Close(EndReason.DeletedByUs));
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(pair.Responder.Asked<ReleaseAddresses>());
        Assert.Single(pair.Initiator.Asked<DropAddresses>());
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
    }

    [Fact]
    public void Who_was_given_up_for_dead_gives_no_lease_back()
    {
        Pair pair = RoadWarriors.Pair(configure: o => o.Persistent = true).Establish();
        pair.Tell(pair.Responder, new Fenced());
        Assert.Equal(EndReason.TakenOver, pair.Responder.End);
        Assert.Empty(pair.Responder.Asked<ReleaseAddresses>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void When_the_ike_sa_ends_the_address_goes_after_the_children(bool byInitiator)
    {
        Pair pair = RoadWarriors.Pair().Establish();
        List<string> order = [];
        pair.Initiator.Performed = pair.Responder.Performed = effect =>
        {
            if (effect is DropAddresses or ReleaseAddresses || effect is TellChild { Command: RemoveChild }) order.Add(effect.GetType().Name);
        };
        pair.Tell(byInitiator ? pair.Initiator : pair.Responder, new Close(EndReason.DeletedByUs));
        pair.Advance(TimeSpan.FromMinutes(1));

        Assert.Single(pair.Initiator.Asked<DropAddresses>());
        Assert.Single(pair.Responder.Asked<ReleaseAddresses>());
        Assert.Equal([nameof(TellChild), byInitiator ? nameof(ReleaseAddresses) : nameof(DropAddresses), nameof(TellChild), byInitiator ? nameof(DropAddresses) : nameof(ReleaseAddresses)], order);
        Assert.Empty(pair.Initiator.Session.VirtualAddresses);
        Assert.Empty(pair.Responder.Session.PeerAddresses);
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
    }

    [Fact]
    public void Without_an_address_children_that_need_none_come_up_and_the_others_ask_again()
    {
        Pair pair = RoadWarriors.Pair();
        int refusals = 2;
        pair.Responder.Lease = wish => refusals-- > 0 ? new AddressesRefused("pool 'rw' is full") : RoadWarriors.Give(wish);
        pair.Establish("net", "second");

        Assert.Contains("IKE_AUTH response 1 [ IDr AUTH N(INT_ADDR_FAIL) ]", pair.Responder.Sent);
        Assert.Equal("second", Assert.Single(pair.Initiator.Children).Config.Name);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);

        pair.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(["INFORMATIONAL response 3 [ N(INT_ADDR_FAIL) ]", "INFORMATIONAL response 4 [ CPRP(ADDR DNS) ]"], pair.Responder.Sent.Where(s => s.StartsWith("INFORMATIONAL", StringComparison.Ordinal)));
        Assert.Equal(["net", "second"], pair.Initiator.Children.Select(c => c.Config.Name).Order());
        Assert.Contains(pair.Responder.Kernel.Installed.Values, c => c.Remote[0].ToString() == "10.3.0.1/32");
    }

    [Fact]
    public void A_gateway_that_gives_addresses_with_ike_auth_alone_is_called_anew()
    {
        Pair pair = RoadWarriors.Pair(configure: o => o.ResponderConnection = c => c);
        using HandmadeResponder gateway = new(pair);
        gateway.Answer(gateway.Id, gateway.Prove(), new NotifyPayload(NotifyType.InternalAddressFailure));
        IkeMessage again = gateway.Await(new InitiateChild("net"))!;
        Assert.Equal("INFORMATIONAL request 2 [ CPRQ(ADDR DNS) ]", again.Summary);
        Assert.Equal("INFORMATIONAL request 3 [ D ]", gateway.Answer()!.Summary);
        Assert.Equal(["net"], Assert.Single(pair.Initiator.Asked<CallAnew>()).Children);
        gateway.Answer();
        Assert.Equal(EndReason.NoAddress, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void A_child_that_came_without_the_address_is_deleted_there()
    {
        Pair pair = RoadWarriors.Pair();
        using HandmadeResponder gateway = new(pair);
        IkeMessage next = gateway.Answer([.. gateway.Proof])!;
        Assert.Equal("INFORMATIONAL request 2 [ D ]", next.Summary);
        Assert.Equal(0, pair.Initiator.Kernel.InstallAttempts);
        Assert.Empty(pair.Initiator.Asked<UseAddresses>());
    }

    public static TheoryData<string[]> Useless => new()
    {
        { [] },
        { ["224.0.0.1"] },
        { ["127.0.0.1"] },
        { ["0.0.0.0"] },
        { ["255.255.255.255"] },
        { ["2001:db8::1"] },
    };

    [Theory]
    [MemberData(nameof(Useless))]
    public void An_address_that_nobody_asked_for_or_no_host_can_have_is_none(string[] given)
    {
        Pair pair = RoadWarriors.Pair();
        using HandmadeResponder gateway = new(pair);
        gateway.Answer([.. gateway.Proof, Reply([.. given.Select(a => ConfigurationAttribute.Assign(IPAddress.Parse(a)))])]);
        Assert.Empty(pair.Initiator.Asked<UseAddresses>());
        Assert.Equal(0, pair.Initiator.Kernel.InstallAttempts);
    }

    [Fact]
    public void A_gateway_cannot_give_more_addresses_than_were_asked_for()
    {
        Pair pair = RoadWarriors.Pair();
        using HandmadeResponder gateway = new(pair);
        ConfigurationAttribute[] many = [.. Enumerable.Range(1, 2000).Select(i => ConfigurationAttribute.Assign(new IPAddress([10, 9, (byte)(i >> 8), (byte)i])))];
        TsPayload all = new(PayloadType.TrafficSelectorInitiator, [TrafficSelector.Parse("0.0.0.0/0")]);
        gateway.Answer(gateway.Id, gateway.Prove(), Reply(many), HandmadeInitiator.EspOffer, all, HandmadeInitiator.TsR);
        Assert.Equal("10.9.0.1", Assert.Single(Assert.Single(pair.Initiator.Asked<UseAddresses>()).Addresses).ToString());
        // It left every address to us: what is ours is the one that it gave.
        Assert.Equal("10.9.0.1/32", pair.Initiator.Inside());
    }

    [Fact]
    public void Attributes_of_impossible_length_and_of_no_known_type_are_ignored()
    {
        Pair pair = RoadWarriors.Pair();
        using HandmadeResponder gateway = new(pair);
        TsPayload all = new(PayloadType.TrafficSelectorInitiator, [TrafficSelector.Parse("0.0.0.0/0")]);
        gateway.Answer(
            gateway.Id, gateway.Prove(),
            Reply(
                new ConfigurationAttribute(ConfigurationAttributeType.InternalIp4Address, new byte[5]),
                new ConfigurationAttribute((ConfigurationAttributeType)0x7abc, new byte[60]),
                new ConfigurationAttribute(ConfigurationAttributeType.InternalIp4Dns, new byte[3]),
                ConfigurationAttribute.Assign(RoadWarriors.Ipv4)),
            HandmadeInitiator.EspOffer, all, HandmadeInitiator.TsR);
        Assert.Equal("10.3.0.1/32", pair.Initiator.Inside());
    }

    [Fact]
    public void An_address_that_the_kernel_does_not_take_costs_the_ike_sa_which_comes_anew()
    {
        Pair pair = RoadWarriors.Pair().Establish();
        pair.Tell(pair.Initiator, new AddressesNotUsable("Operation not permitted (EPERM)"));
        Assert.Equal(EndReason.KernelRefused, pair.Initiator.End);
        Assert.Equal(["net"], Assert.Single(pair.Initiator.Asked<CallAnew>()).Children);
        Assert.Single(pair.Initiator.Asked<DropAddresses>());
        pair.Initiator.AssertNothingLeft();
    }

    private static CpPayload Reply(params ConfigurationAttribute[] attributes) => new(ConfigurationType.Reply, attributes);
}
