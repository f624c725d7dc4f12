using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>Limits by octets, packets and seconds, told as the kernel tells them.</summary>
public sealed class EspLimitTests
{
    private static readonly byte[] Packet = IpPackets.Udp("10.1.0.1", "10.2.0.1", 72);

    [Fact]
    public void Packets_and_octets_are_told_softly_once_and_end_the_sa_at_the_hard_limit()
    {
        foreach (SaLifetime lifetime in new[] { new SaLifetime(SoftPackets: 3, HardPackets: 5), new SaLifetime(SoftBytes: 300, HardBytes: 500) })
        {
            using EspPair pair = new(lifetime: lifetime);
            List<byte[]> sent = [.. Enumerable.Range(0, 5).Select(_ => pair.FromLeft(Packet))];
            Expire soft = Assert.IsType<Expire>(Assert.Single(pair.LeftEvents));
            Assert.Equal((EspPair.SpiToRight, EspPair.ReqId, false), (soft.Id.Spi, soft.ReqId, soft.Hard));
            EspPair.Protect(pair.Left, Packet, out EspVerdict refused);
            Assert.Equal(EspVerdict.Expired, refused);
            Assert.Equal(new Expire(soft.Id, EspPair.ReqId, Hard: true), pair.LeftEvents[^1]);
            Assert.DoesNotContain(pair.Left.Sas, sa => sa.Id == soft.Id);

            // The other end has received as much, but no more than that.
            Assert.All(sent, packet => Assert.Equal(EspVerdict.Delivered, pair.AtRight(packet).Verdict));
            Assert.Equal([false], pair.RightEvents.Cast<Expire>().Select(e => e.Hard));
        }
    }

    [Fact]
    public void Inbound_packets_count_as_well()
    {
        using EspPair pair = new();
        pair.Right.Perform(new UpdateSa(pair.Spec(XfrmDirection.Out, EspPair.SpiToRight, EspPair.Gcm(), lifetime: new SaLifetime(SoftPackets: 1, HardPackets: 2)) with { Direction = XfrmDirection.In }));
        for (int i = 0; i < 3; i++) pair.AtRight(pair.FromLeft(Packet));
        Assert.Equal([false, true], pair.RightEvents.Cast<Expire>().Select(e => e.Hard));
        Assert.Equal(EspVerdict.UnknownSpi, pair.AtRight(pair.FromLeft(Packet)).Verdict);
    }

    [Fact]
    public void Seconds_pass()
    {
        using EspPair pair = new(lifetime: new SaLifetime(SoftSeconds: 60, HardSeconds: 90));
        pair.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(pair.LeftEvents);
        pair.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([false, false], pair.LeftEvents.Cast<Expire>().Select(e => e.Hard));
        Assert.NotEmpty(pair.FromLeft(Packet));
        pair.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(2, pair.LeftEvents.Cast<Expire>().Count(e => e.Hard));
        Assert.Empty(pair.Left.Sas);
    }

    [Fact]
    public void Limits_of_a_living_sa_may_change_and_an_sa_that_went_is_not_told_of()
    {
        using EspPair pair = new(lifetime: new SaLifetime(HardSeconds: 60));
        SaSpec longer = pair.Spec(XfrmDirection.Out, EspPair.SpiToRight, EspPair.Gcm(), lifetime: new SaLifetime(HardSeconds: 1000));
        Assert.True(pair.Left.Perform(new UpdateSa(longer)).Succeeded);
        Assert.True(pair.Left.Perform(new DeleteSa(new SaId(pair.LeftEnd.Address, EspPair.SpiToLeft))).Succeeded);
        pair.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.Empty(pair.LeftEvents);
        Assert.Single(pair.Left.Sas);
    }

    [Fact]
    public void A_limit_of_a_century_is_none()
    {
        using EspPair pair = new(lifetime: new SaLifetime(HardSeconds: 100UL * 365 * 24 * 3600));
        pair.Time.Advance(TimeSpan.FromDays(365));
        Assert.Empty(pair.LeftEvents);
        Assert.Equal(2, pair.Left.Sas.Count);
    }
}
