using System.Security.Cryptography;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>Forged, cut and mutated packets: nothing of an SA moves, nothing is delivered, nothing is told, no memory is taken.</summary>
public sealed class EspSprayTests
{
    private const int Sprayed = 20_000;

    [Theory]
    [InlineData("aes256gcm16", false)]
    [InlineData("aes256gcm16", true)]
    [InlineData("chacha20poly1305", false)]
    [InlineData("aes256-sha512", true)]
    public void Mutated_packets_change_nothing(string algorithm, bool esn)
    {
        using EspPair pair = new(EspPair.ByName(algorithm), esn);
        byte[][] real = [.. Enumerable.Range(0, 50).Select(i => pair.FromLeft(IpPackets.Udp("10.1.0.1", "10.2.0.1", i * 7)))];
        Assert.Equal(EspVerdict.Delivered, pair.AtRight(real[0]).Verdict);
        SaInfo before = EspPair.SaOf(pair.Right, EspPair.SpiToRight);
        string all = Snapshot(pair.Right);

        Random random = new(1);
        byte[] packet = new byte[2048];
        UdpEndpoint local = UdpEndpoint.From(pair.RightEnd), remote = new(0x01020304, 99, false);
        // The first round is the runtime's, and a collection in the middle of one counts what is not ours.
        long least = long.MaxValue;
        for (int i = 0; i < 3 && least > 0; i++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            for (int n = 0; n < Sprayed; n++)
            {
                int length = Mutate(real[random.Next(1, real.Length)], packet, random);
                if (length == 0) continue;
                if (pair.Right.Receive(packet.AsSpan(0, length), local, remote, 0, out Span<byte> inner) == EspVerdict.Delivered || inner.Length > 0) Assert.Fail("something was delivered");
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        Assert.Equal(0, least);

        Assert.Equal(before, EspPair.SaOf(pair.Right, EspPair.SpiToRight));
        Assert.Equal(all, Snapshot(pair.Right));
        Assert.All(pair.RightEvents, told => Assert.IsType<UnknownSpi>(told));
        Assert.All(real.Skip(1), packet => Assert.Equal(EspVerdict.Delivered, pair.AtRight(packet).Verdict));
    }

    [Fact]
    public void A_packet_cut_anywhere_is_none()
    {
        using EspPair pair = new();
        byte[] real = pair.FromLeft(IpPackets.Udp("10.1.0.1", "10.2.0.1"));
        for (int length = 0; length < real.Length; length++) Assert.NotEqual(EspVerdict.Delivered, pair.AtRight(real[..length]).Verdict);
        Assert.Equal(EspVerdict.Delivered, pair.AtRight(real).Verdict);
    }

    [Fact]
    public void An_authentic_packet_with_rubbish_in_it_is_not_delivered()
    {
        using EspPair pair = new();
        Random random = new(2);
        uint sequence = 0;
        for (int i = 0; i < 2000; i++)
        {
            using EspTransform seal = EspTransforms.Create(EspPair.Gcm(), false, true, out _)!;
            byte[] packet = new byte[seal.Front + random.Next(1, 40) * 4 + seal.IcvSize];
            random.NextBytes(packet);
            new byte[] { 0xc0, 0, 0, 2, 0, 0, (byte)(++sequence >> 8), (byte)sequence }.CopyTo(packet, 0);
            // Often a trailer that might be one.
            if (i % 2 == 0) EspTrailer.Write(packet.AsSpan(^(seal.IcvSize + 4)..^seal.IcvSize), (byte)(i % 4 == 0 ? 4 : 41));
            Assert.True(seal.TrySeal(packet, sequence));
            Assert.Contains(pair.AtRight(packet).Verdict, new[] { EspVerdict.Malformed, EspVerdict.WrongSelectors, EspVerdict.Dummy });
        }

        EspCounters counters = pair.Right.Counters;
        Assert.Equal(2000, counters[EspVerdict.Malformed] + counters[EspVerdict.WrongSelectors] + counters[EspVerdict.Dummy]);
    }

    private static int Mutate(byte[] real, byte[] packet, Random random)
    {
        real.CopyTo(packet, 0);
        int length = real.Length;
        switch (random.Next(4))
        {
            case 0:
                length = random.Next(length);
                break;
            case 1:
                length += random.Next(1, 64);
                break;
            default:
                for (int flips = random.Next(1, 4); flips > 0; flips--) packet[random.Next(length)] ^= (byte)random.Next(1, 256);
                break;
        }

        // Flips may have undone each other.
        return length == real.Length && packet.AsSpan(0, length).SequenceEqual(real) ? 0 : length;
    }

    private static string Snapshot(EspEngine engine) =>
        Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', engine.Sas.Select(s => s.ToString()).Concat(engine.Policies.Select(p => p.ToString()))))));
}
