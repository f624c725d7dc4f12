using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>ESP that has no SA is told of (RFC 7296 §1.5), and a flood of it is told of a little.</summary>
public sealed class EspStrayTests
{
    [Fact]
    public void An_spi_without_an_sa_is_told_once_a_second_with_both_ends()
    {
        using EspPair pair = new();
        byte[] packet = pair.FromLeft(IpPackets.Udp("10.1.0.1", "10.2.0.1"));
        Assert.True(pair.Right.Perform(new DeleteSa(new SaId(pair.RightEnd.Address, EspPair.SpiToRight))).Succeeded);
        for (int i = 0; i < 5; i++) Assert.Equal(EspVerdict.UnknownSpi, pair.AtRight(packet).Verdict);
        Assert.Equal(new UnknownSpi(EspPair.SpiToRight, pair.LeftEnd, pair.RightEnd), Assert.Single(pair.RightEvents));
        pair.Time.Advance(TimeSpan.FromMilliseconds(999));
        pair.AtRight(packet);
        Assert.Single(pair.RightEvents);
        pair.Time.Advance(TimeSpan.FromMilliseconds(1));
        pair.AtRight(packet);
        Assert.Equal(2, pair.RightEvents.Count);
        Assert.Equal(7, pair.Right.Counters[EspVerdict.UnknownSpi]);
    }

    [Fact]
    public void Who_waits_for_its_sa_who_is_reserved_and_who_is_no_esp_is_not_told_of()
    {
        using EspPair pair = new();
        uint spi = pair.Right.Perform(new AllocateSpi(pair.LeftEnd.Address, pair.RightEnd.Address, XfrmMode.Tunnel, 9, 0xc0000010, 0xc0000010)).Spi;
        Assert.Equal(EspVerdict.UnknownSpi, pair.AtRight(Esp(spi)).Verdict);
        Assert.Equal(EspVerdict.UnknownSpi, pair.AtRight(Esp(255)).Verdict);
        Assert.Equal(EspVerdict.Malformed, pair.AtRight(Esp(0xc0000099)[..7]).Verdict);
        Assert.Empty(pair.RightEvents);
        pair.AtRight(Esp(256));
        Assert.Single(pair.RightEvents);
    }

    [Fact]
    public void A_flood_is_told_of_a_little_and_takes_no_memory()
    {
        using EspPair pair = new();
        UdpEndpoint left = UdpEndpoint.From(pair.LeftEnd), right = UdpEndpoint.From(pair.RightEnd);
        byte[] packet = Esp(0);
        long allocated = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (uint i = 0; i < 100_000; i++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet, 0xc1000000 + i * 977);
                pair.Right.Receive(packet, right, left, 0, out _);
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(pair.RightEvents.Count, 1, 64);
        Assert.Equal(0, allocated);
        pair.Time.Advance(TimeSpan.FromSeconds(1));
        pair.Right.Receive(packet, right, left, 0, out _);
        Assert.InRange(pair.RightEvents.Count, 2, 65);
    }

    private static byte[] Esp(uint spi) => [(byte)(spi >> 24), (byte)(spi >> 16), (byte)(spi >> 8), (byte)spi, 0, 0, 0, 1, .. new byte[40]];
}
