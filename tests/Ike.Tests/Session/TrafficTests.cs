using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Children that traffic asks for: one attempt each, the packet first in the selectors (RFC 7296 §2.9), the outcome told once.</summary>
public sealed class TrafficTests
{
    private static readonly PacketSelectors Packet = PacketTo("10.2.1.9");

    [Fact]
    public void The_packet_stands_first_in_both_selectors_and_the_answer_covers_it()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Initiator, new ServeTraffic("second", Packet));

        ChildSaParameters installed = pair.Initiator.Kernel.Installed.Values.Last();
        Assert.True(Packet.Local.IsSubsetOf(installed.Local[0]));
        Assert.True(Packet.Remote.IsSubsetOf(installed.Remote[0]));
        Assert.Equal([new ChildServed("second", IsUp: true)], pair.Initiator.Told);
        Assert.Equal(2, pair.Responder.Kernel.Installed.Count);
    }

    [Fact]
    public void A_responder_that_can_give_only_a_part_gives_the_part_with_the_packet()
    {
        var pair = new Pair(o => o.ResponderChild = c => c.Name == "second" ? c with { LocalSelectors = [PairOptions.Host("10.2.1.9")] } : c);
        pair.Establish();
        pair.Tell(pair.Initiator, new ServeTraffic("second", Packet));

        Assert.Equal(["10.2.1.9/32"], pair.Initiator.Kernel.Installed.Values.Last().Remote.Select(s => s.ToString()));
    }

    // RFC 7296 §2.9.1: never beyond our own policy.
    [Fact]
    public void A_packet_beyond_the_configuration_is_not_offered()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Initiator, new ServeTraffic("second", PacketTo("203.0.113.1")));
        Assert.Equal(["10.2.1.0/24"], pair.Initiator.Kernel.Installed.Values.Last().Remote.Select(s => s.ToString()));
    }

    [Fact]
    public void Traffic_builds_the_ike_sa_with_its_child_in_four_messages()
    {
        var pair = new Pair();
        pair.Initiator.Handle(
            new Initiate(pair.Initiator.Context.Config.Connections[0], [], new IkePath(pair.Initiator.Address, pair.Responder.Address, false), InitialContact: true), pair.Now);
        pair.Initiator.Handle(new ServeTraffic("second", Packet), pair.Now);
        pair.Initiator.Handle(new ServeTraffic("second", PacketTo("10.2.1.10")), pair.Now);
        pair.Drive();

        Assert.Equal(4, pair.Wire.Count);
        Assert.Equal([new ChildServed("second", IsUp: true)], pair.Initiator.Told);
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void However_often_it_asks_there_is_one_child()
    {
        Pair pair = new Pair().Establish();
        for (int i = 0; i < 20; i++) pair.Initiator.Handle(new ServeTraffic("second", Packet), pair.Now);
        pair.Drive();
        pair.Tell(pair.Initiator, new ServeTraffic("second", Packet));

        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
        Assert.Equal(2, pair.Initiator.Told.Count);
        Assert.All(pair.Initiator.Told, told => Assert.Equal(new ChildServed("second", IsUp: true), told));
    }

    [Theory]
    [InlineData("kernel")]
    [InlineData("spi")]
    [InlineData("peer")]
    public void A_failure_is_told_once_and_the_ike_sa_does_not_try_again_by_itself(string what)
    {
        Pair pair = new Pair().Establish();
        if (what == "kernel") pair.Initiator.Kernel.RefuseInstall = NotifyType.NoProposalChosen;
        else if (what == "spi") pair.Initiator.Kernel.RefuseSpi = RetryAdvice.BackOff;
        else pair.Responder.Kernel.RefuseInstall = NotifyType.TemporaryFailure;

        pair.Tell(pair.Initiator, new ServeTraffic("second", Packet));
        pair.Advance(TimeSpan.FromMinutes(20));

        Assert.Equal([new ChildServed("second", IsUp: false)], pair.Initiator.Told);
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Empty(pair.Initiator.Kernel.Reserved);
        Assert.False(pair.Initiator.HasTimer(TimerKind.ChildRetry));
    }

    [Fact]
    public void A_first_child_that_fails_in_ike_auth_is_not_asked_for_again()
    {
        var pair = new Pair(o => o.ResponderEsp = ["aes256gcm16"]);
        pair.Initiator.Handle(
            new Initiate(pair.Initiator.Context.Config.Connections[0], [], new IkePath(pair.Initiator.Address, pair.Responder.Address, false), InitialContact: true), pair.Now);
        pair.Initiator.Handle(new ServeTraffic("net", PacketTo("10.2.0.1")), pair.Now);
        pair.Drive();

        Assert.Equal(4, pair.Wire.Count);
        Assert.Equal([new ChildServed("net", IsUp: false)], pair.Initiator.Told);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Fact]
    public void A_child_that_traffic_brought_up_and_that_is_lost_waits_for_traffic()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Initiator, new ServeTraffic("second", Packet));
        pair.Advance(TimeSpan.FromMinutes(1));
        pair.Tell(pair.Initiator, new ChildLost(pair.Initiator.Children.Last().ChildId));
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(pair.Initiator.Kernel.Installed);

        pair.Tell(pair.Initiator, new ServeTraffic("second", Packet));
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
    }

    [Fact]
    public void A_rekeying_does_not_name_the_packet_again()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Initiator, new ServeTraffic("second", Packet));
        pair.Tell(pair.Initiator, new RekeyChild(pair.Initiator.Children.Last().ChildId));
        Assert.Equal(["10.1.1.0/24"], pair.Initiator.Kernel.Installed.Values.Last().Local.Select(s => s.ToString()));
    }

    [Fact]
    public void A_child_that_is_not_in_the_configuration_fails_at_once()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Initiator, new ServeTraffic("third", Packet));
        Assert.Equal([new ChildServed("third", IsUp: false)], pair.Initiator.Told);
    }

    private static PacketSelectors PacketTo(string remote) =>
        new(TrafficSelector.Parse("10.1.1.3/32[icmp/8]"), TrafficSelector.Parse($"{remote}/32[icmp/8]"));
}
