using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Children: further ones, narrowing, groups of their own, Deletes from both sides (RFC 7296 §1.3, §1.4.1, §2.9).</summary>
public sealed class ChildTests
{
    [Fact]
    public void All_wanted_children_come_up_on_one_ike_sa()
    {
        Pair pair = new Pair().Establish("net", "second");
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
        Assert.Equal(2, pair.Responder.Kernel.Installed.Count);
        Assert.Equal(6, pair.Wire.Count);
        Assert.StartsWith("CREATE_CHILD_SA request 2 [ SA No TSi TSr", pair.Initiator.Sent.Last());
    }

    [Fact]
    public void A_child_may_have_a_key_exchange_of_its_own()
    {
        Pair pair = new Pair(o => o.InitiatorEsp = o.ResponderEsp = ["aes256gcm16-ecp256"]).Establish("net", "second");
        Assert.Equal("CREATE_CHILD_SA request 2 [ SA No KE TSi TSr ]", pair.Initiator.Sent.Last());
        SeedRowTests.AssertMirrored(pair.Initiator.Kernel.Installed[2], pair.Responder.Kernel.Installed[2]);
        Assert.Equal(KeyExchangeMethod.Ecp256, pair.Initiator.Kernel.Installed[2].Suite.KeyExchange);
        Assert.Equal(KeyExchangeMethod.None, pair.Initiator.Kernel.Installed[1].Suite.KeyExchange);
    }

    [Fact]
    public void Another_group_for_a_child_costs_one_more_exchange()
    {
        Pair pair = new Pair(o =>
        {
            o.InitiatorEsp = ["aes128gcm16-ecp384-x25519"];
            o.ResponderEsp = ["aes128gcm16-x25519"];
        }).Establish("net", "second");
        Assert.Contains("CREATE_CHILD_SA response 2 [ N(INVAL_KE) ]", pair.Responder.Sent);
        SeedRowTests.AssertMirrored(pair.Initiator.Kernel.Installed[2], pair.Responder.Kernel.Installed[2]);
    }

    [Fact]
    public void The_responder_narrows_to_what_it_protects()
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with
        {
            RemoteSelectors = [new SelectorConfig(new AddressRange(System.Net.IPAddress.Parse("10.2.0.0"), System.Net.IPAddress.Parse("10.2.255.255")), 0, 0, 65535)],
        }).Establish();
        ChildSaParameters child = Assert.Single(pair.Initiator.Kernel.Installed.Values);
        Assert.Equal("10.2.0.0", child.Remote[0].Start.ToString());
        Assert.Equal("10.2.0.255", child.Remote[0].End.ToString());
    }

    [Fact]
    public void Selectors_without_an_overlap_are_refused_and_the_ike_sa_stays()
    {
        Pair pair = new Pair(o => o.ResponderChild = c => c with { LocalSelectors = [PairOptions.Net("172.16.0.0")] }).Establish();
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH N(TS_UNACCEPT) ]", pair.Responder.Sent.Last());
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Empty(pair.Initiator.Kernel.Reserved);
    }

    [Fact]
    public void No_common_esp_proposal_is_refused_and_the_ike_sa_stays()
    {
        Pair pair = new Pair(o => o.ResponderEsp = ["aes256-sha512"]).Establish();
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH N(NO_PROP) ]", pair.Responder.Sent.Last());
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    [Fact]
    public void Our_own_limit_is_told_as_no_additional_sas()
    {
        Pair pair = new Pair(o => o.ResponderSession = c => c with { ChildLimit = 1 }).Establish("net", "second");
        Assert.Equal("CREATE_CHILD_SA response 2 [ N(NO_ADD_SAS) ]", pair.Responder.Sent.Last());
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void A_child_is_deleted_on_both_sides_and_the_ike_sa_stays()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Responder, new CloseChild(1));
        Assert.Equal("INFORMATIONAL request 0 [ D ]", pair.Responder.Sent.Last());
        Assert.Equal("INFORMATIONAL response 0 [ D ]", pair.Initiator.Sent.Last());
        Assert.Empty(pair.Initiator.Children);
        Assert.Empty(pair.Responder.Children);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Fact]
    public void Crossing_deletes_are_answered_without_a_delete()
    {
        Pair pair = new Pair().Establish();
        pair.Initiator.Handle(new CloseChild(1), pair.Now);
        pair.Responder.Handle(new CloseChild(1), pair.Now);
        pair.Drive();
        Assert.Equal("INFORMATIONAL response 0 [ ]", pair.Initiator.Sent.Last());
        Assert.Equal("INFORMATIONAL response 2 [ ]", pair.Responder.Sent.Last());
        Assert.Empty(pair.Initiator.Kernel.Installed);
        Assert.Empty(pair.Responder.Kernel.Installed);
        Assert.Empty(pair.Initiator.Children);
        Assert.Empty(pair.Responder.Children);
    }

    [Fact]
    public void Without_an_spi_no_request_is_sent_and_the_ike_sa_goes_on_childless()
    {
        var pair = new Pair();
        pair.Initiator.Kernel.RefuseSpi = RetryAdvice.BackOff;
        pair.Establish();
        Assert.Equal(4, pair.Wire.Count);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Empty(pair.Responder.Children);
        pair.Advance(TimeSpan.FromSeconds(2));
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void A_further_child_without_an_spi_sends_nothing()
    {
        Pair pair = new Pair().Establish();
        pair.Initiator.Kernel.RefuseSpi = RetryAdvice.BackOff;
        int wire = pair.Wire.Count;
        pair.Tell(pair.Initiator, new InitiateChild("second"));
        Assert.Equal(wire, pair.Wire.Count);
        Assert.Single(pair.Initiator.Children);
    }

    [Fact]
    public void Transport_mode_is_used_only_when_both_want_it()
    {
        Pair both = new Pair(o => o.InitiatorChild = o.ResponderChild = c => c with { Mode = ChildMode.Transport }).Establish();
        Assert.Equal(ChildMode.Transport, Assert.Single(both.Initiator.Kernel.Installed.Values).Mode);
        Assert.Equal(ChildMode.Transport, Assert.Single(both.Responder.Kernel.Installed.Values).Mode);

        Pair one = new Pair(o => o.InitiatorChild = c => c with { Mode = ChildMode.Transport }).Establish();
        Assert.Equal(ChildMode.Tunnel, Assert.Single(one.Initiator.Kernel.Installed.Values).Mode);
    }
}
