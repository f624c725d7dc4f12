using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>ESP that has no SA at its receiver, told inside the IKE SA (RFC 7296 §1.5).</summary>
public sealed class InvalidSpiTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_stray_packet_is_told_inside_the_ike_sa()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Responder, new StrayPacket(0xdeadbeef));
        Assert.EndsWith("[ N(INVAL_SPI) ]", pair.Responder.Sent.Last());
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void Many_stray_packets_make_one_request_at_a_time()
    {
        Pair pair = new Pair().Establish();
        for (uint spi = 0x1000; spi < 0x1100; spi++) pair.Responder.Handle(new StrayPacket(spi), pair.Now);
        Assert.Equal(1, pair.Responder.Sent.Count(s => s.Contains("INVAL_SPI", StringComparison.Ordinal)));
        pair.Drive();
        pair.Tell(pair.Responder, new StrayPacket(0x2000));
        Assert.Equal(2, pair.Responder.Sent.Count(s => s.Contains("INVAL_SPI", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_packet_for_what_lives_is_not_told()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Responder, new StrayPacket(pair.Initiator.Kernel.Installed.Values.Single().PeerSpi));
        Assert.DoesNotContain(pair.Responder.Sent, s => s.Contains("INVAL_SPI", StringComparison.Ordinal));
    }

    // The peer lost the child: it answers the rekeying with CHILD_SA_NOT_FOUND, and a new child comes (RFC 7296 §2.25).
    [Fact]
    public void A_child_that_the_peer_has_lost_is_built_anew()
    {
        Pair pair = new Pair().Establish();
        pair.Advance(Minute);
        uint lost = pair.Initiator.Kernel.Installed.Values.Single().PeerSpi;
        pair.Responder.Kernel.Remove(1);
        pair.Responder.Handle(new ChildRemoved(1), pair.Now);

        pair.Tell(pair.Responder, new StrayPacket(lost));
        pair.Advance(Minute);

        Assert.NotEqual(lost, pair.Initiator.Kernel.Installed.Values.Single().PeerSpi);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void What_the_peer_says_it_does_not_know_is_rekeyed_once_however_often_it_says_so()
    {
        Pair pair = new(o => o.ResponderSession = c => c with { SteadyAfter = TimeSpan.Zero });
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        for (int i = 0; i < 100; i++) initiator.Send(ExchangeType.Informational, InvalidSpi(HandmadeInitiator.EspOffer.Proposals[0].Spi.ToArray()));

        Assert.Equal(1, pair.Responder.Sent.Count(s => s.StartsWith("CREATE_CHILD_SA request", StringComparison.Ordinal)));
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void A_child_that_is_new_is_left_alone()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        initiator.Send(ExchangeType.Informational, InvalidSpi(HandmadeInitiator.EspOffer.Proposals[0].Spi.ToArray()));
        Assert.DoesNotContain(pair.Responder.Sent, s => s.StartsWith("CREATE_CHILD_SA", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 1, 2, 3, 4 })]
    [InlineData(new byte[] { 1, 2, 3, 4, 5 })]
    public void What_names_no_child_is_answered_and_changes_nothing(byte[] data)
    {
        Pair pair = new(o => o.ResponderSession = c => c with { SteadyAfter = TimeSpan.Zero });
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Assert.EndsWith("[ ]", initiator.Send(ExchangeType.Informational, InvalidSpi(data))!.Summary);
        Assert.DoesNotContain(pair.Responder.Sent, s => s.StartsWith("CREATE_CHILD_SA", StringComparison.Ordinal));
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    private static NotifyPayload InvalidSpi(byte[] data) => new(NotifyType.InvalidSpi, data);
}
