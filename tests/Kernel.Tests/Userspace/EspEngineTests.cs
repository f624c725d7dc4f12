using System.Net;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>What goes in at one end comes out at the other, and nothing else does.</summary>
public sealed class EspEngineTests
{
    public static TheoryData<string> Algorithms => ["aes128gcm16", "aes192gcm16", "aes256gcm16", "chacha20poly1305", "aes128-sha256", "aes192-sha384", "aes256-sha512"];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Packets_of_every_length_pass_unchanged(string algorithm)
    {
        foreach ((bool esn, bool outerIpv6) in new[] { (false, false), (true, true) })
        {
            using EspPair pair = new(EspPair.ByName(algorithm), esn, outerIpv6: outerIpv6);
            for (int length = 0; length < 70; length++)
            {
                foreach (byte[] inner in new[] { IpPackets.Udp("10.1.0.1", "10.2.0.1", length), IpPackets.Udp("fd01::1", "fd02::1", length) })
                {
                    byte[] outer = pair.FromLeft(inner);
                    Assert.DoesNotContain(Convert.ToHexString(inner[^20..]), Convert.ToHexString(outer), StringComparison.Ordinal);
                    (EspVerdict verdict, byte[] received) = pair.AtRight(outer);
                    Assert.Equal(EspVerdict.Delivered, verdict);
                    Assert.Equal(inner, received);
                }
            }

            Assert.Equal(140ul, EspPair.SaOf(pair.Right, EspPair.SpiToRight).Packets);
            Assert.Equal(EspPair.SaOf(pair.Left, EspPair.SpiToRight).Bytes, EspPair.SaOf(pair.Right, EspPair.SpiToRight).Bytes);
        }
    }

    [Fact]
    public void A_packet_is_taken_once()
    {
        using EspPair pair = new(window: 32);
        byte[][] sent = [.. Enumerable.Range(0, 40).Select(i => pair.FromLeft(IpPackets.Udp("10.1.0.1", "10.2.0.1", i)))];
        Assert.Equal(EspVerdict.Delivered, pair.AtRight(sent[39]).Verdict);
        Assert.Equal(EspVerdict.Replayed, pair.AtRight(sent[39]).Verdict);
        Assert.Equal(EspVerdict.Delivered, pair.AtRight(sent[8]).Verdict);
        Assert.Equal(EspVerdict.Replayed, pair.AtRight(sent[7]).Verdict);
        Assert.Equal(2, pair.Right.Counters[EspVerdict.Replayed]);
    }

    [Fact]
    public void What_an_sa_is_not_for_is_not_delivered()
    {
        using EspPair pair = new();
        // The left end's selectors are widened: it sends what the right end has not agreed to.
        pair.AddPolicies(pair.Left, new XfrmSelector(IPNetwork.Parse("172.16.0.0/16"), IPNetwork.Parse("10.2.0.0/16")), EspPair.SpiToRight);
        Assert.Equal(EspVerdict.WrongSelectors, pair.AtRight(pair.FromLeft(IpPackets.Udp("172.16.0.1", "10.2.0.1"))).Verdict);
        // The same addresses, but the policy belongs to another child.
        pair.Right.Perform(new AddPolicy(Samples.Policy(XfrmDirection.In, new XfrmSelector(IPNetwork.Parse("172.16.0.0/16"), IPNetwork.Parse("10.2.0.0/16")), reqId: 8)));
        Assert.Equal(EspVerdict.WrongSelectors, pair.AtRight(pair.FromLeft(IpPackets.Udp("172.16.0.1", "10.2.0.1"))).Verdict);
        Assert.Equal(EspVerdict.Delivered, pair.AtRight(pair.FromLeft(IpPackets.Udp("10.1.0.1", "10.2.0.1"))).Verdict);
    }

    [Fact]
    public void What_is_no_packet_of_a_policy_does_not_leave()
    {
        using EspPair pair = new();
        EspPair.Protect(pair.Left, IpPackets.Udp("10.9.0.1", "10.2.0.1"), out EspVerdict foreign);
        EspPair.Protect(pair.Left, [0x45, 0, 0], out EspVerdict rubbish);
        Assert.Equal((EspVerdict.NoPolicy, EspVerdict.Malformed), (foreign, rubbish));
        Assert.Equal(0ul, EspPair.SaOf(pair.Left, EspPair.SpiToRight).Packets);
    }

    [Fact]
    public void Esp_from_a_new_place_is_told_once_a_second_and_only_when_authentic()
    {
        using EspPair pair = new();
        IPEndPoint elsewhere = new(IPAddress.Parse("198.51.100.9"), 1234);
        byte[] forged = pair.FromLeft(IpPackets.Udp("10.1.0.1", "10.2.0.1"));
        forged[^1] ^= 1;
        Assert.Equal(EspVerdict.Forged, pair.AtRight(forged, elsewhere).Verdict);
        Assert.Empty(pair.RightEvents);
        for (int i = 0; i < 5; i++) Assert.Equal(EspVerdict.Delivered, pair.AtRight(pair.FromLeft(IpPackets.Udp("10.1.0.1", "10.2.0.1")), elsewhere).Verdict);
        Mapping mapping = Assert.IsType<Mapping>(Assert.Single(pair.RightEvents));
        Assert.Equal((EspPair.SpiToRight, elsewhere.Address, (ushort)1234), (mapping.Id.Spi, mapping.NewAddress, mapping.NewPort));
        pair.Time.Advance(TimeSpan.FromSeconds(2));
        pair.AtRight(pair.FromLeft(IpPackets.Udp("10.1.0.1", "10.2.0.1")), elsewhere);
        Assert.Equal(2, pair.RightEvents.Count);
    }

    [Fact]
    public void Congestion_on_the_way_reaches_the_inner_header()
    {
        using EspPair pair = new();
        byte[] capable = IpPackets.Udp("10.1.0.1", "10.2.0.1", trafficClass: 0xb8 | 2), v6 = IpPackets.Udp("fd01::1", "fd02::1", trafficClass: 1), incapable = IpPackets.Udp("10.1.0.1", "10.2.0.1");
        byte[] received = pair.AtRight(pair.FromLeft(capable), trafficClass: 3).Inner;
        Assert.Equal(0xb8 | 3, received[1]);
        Assert.Equal(0, IpPackets.Checksum(received.AsSpan(0, 20)));
        Assert.Equal(3, TrafficClass.Of(pair.AtRight(pair.FromLeft(v6), trafficClass: 3).Inner));
        Assert.Equal(EspVerdict.Congested, pair.AtRight(pair.FromLeft(incapable), trafficClass: 3).Verdict);
        Assert.Equal(capable, pair.AtRight(pair.FromLeft(capable), trafficClass: 2).Inner);
    }

    [Fact]
    public void The_outer_header_takes_over_the_inner_traffic_class()
    {
        using EspPair pair = new();
        byte[] buffer = new byte[512];
        foreach (byte[] inner in new[] { IpPackets.Udp("10.1.0.1", "10.2.0.1", trafficClass: 0xb9), IpPackets.Udp("fd01::1", "fd02::1", trafficClass: 0xb9) })
        {
            inner.CopyTo(buffer, EspTransform.LargestFront);
            Assert.Equal(EspVerdict.Delivered, pair.Left.Send(buffer, EspTransform.LargestFront, inner.Length, out ProtectedPacket sent));
            Assert.Equal(0xb9, sent.TrafficClass);
        }
    }

    [Fact]
    public void Requests_have_the_kernels_answers()
    {
        using EspPair pair = new();
        SaSpec known = pair.Spec(XfrmDirection.Out, EspPair.SpiToRight, EspPair.Gcm()), other = pair.Spec(XfrmDirection.Out, 0xc0000099, EspPair.Gcm());
        Assert.Equal(Errno.EEXIST, pair.Left.Perform(new AddSa(known)).Error);
        Assert.Equal(Errno.ESRCH, pair.Left.Perform(new UpdateSa(other)).Error);
        Assert.Equal(Errno.ESRCH, pair.Left.Perform(new DeleteSa(other.Id)).Error);
        Assert.Equal(Errno.ESRCH, pair.Left.Perform(new GetSa(other.Id)).Error);
        Assert.Equal(Errno.EPROTONOSUPPORT, pair.Left.Perform(new AddSa(other with { Mode = XfrmMode.Transport })).Error);
        Assert.Equal(Errno.EPROTONOSUPPORT, pair.Left.Perform(new AddSa(other with { Encapsulation = null })).Error);
        Assert.Equal(Errno.EINVAL, pair.Left.Perform(new AddSa(other with { ReplayWindow = 4097 })).Error);
        Assert.Equal(Errno.EINVAL, pair.Left.Perform(new AddSa(other with { Source = IPAddress.IPv6Loopback })).Error);
        Assert.Equal(Errno.ENOSYS, pair.Left.Perform(new AddSa(other with { Algorithms = new EspAlgorithms(new KernelAlgorithm("no(such)", new byte[20], 128), null, null) })).Error);
        Assert.Equal(Errno.ENOENT, pair.Left.Perform(new DeletePolicy(new PolicyKey(Samples.Net, XfrmDirection.Out))).Error);
        Assert.Equal((2, 4), (pair.Left.Sas.Count, pair.Left.Policies.Count));
        Assert.True(pair.Left.Perform(new DeleteSa(known.Id)).Succeeded);
        Assert.Equal(Errno.ESRCH, pair.Left.Perform(new DeleteSa(known.Id)).Error);
        Assert.All(EspAlgorithmsKnown(), algorithms => Assert.True(AlgorithmProbe.Try(new EngineBackend(pair.Left), algorithms).Accepted));
        Assert.Single(pair.Left.Sas);
    }

    [Fact]
    public void A_larval_sa_is_filled_or_expires()
    {
        using EspPair pair = new();
        AllocateSpi request = new(pair.RightEnd.Address, pair.LeftEnd.Address, XfrmMode.Tunnel, 9, 0xc0000001, 0xc0000004);
        uint[] spis = [.. Enumerable.Range(0, 3).Select(_ => pair.Left.Perform(request).Spi)];
        Assert.Equal([0xc0000002, 0xc0000003, 0xc0000004], spis);
        Assert.Equal(Errno.ENOENT, pair.Left.Perform(request).Error);
        SaSpec filled = pair.Spec(XfrmDirection.In, 0xc0000003, EspPair.Gcm());
        Assert.Equal(Errno.ENOSYS, pair.Left.Perform(new UpdateSa(filled with { Algorithms = new EspAlgorithms(new KernelAlgorithm("no(such)", new byte[20], 128), null, null) })).Error);
        Assert.True(EspPair.SaOf(pair.Left, 0xc0000003).IsLarval);
        Assert.True(pair.Left.Perform(new UpdateSa(filled)).Succeeded);
        Assert.False(EspPair.SaOf(pair.Left, 0xc0000003).IsLarval);
        pair.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([0xc0000002, 0xc0000004], pair.LeftEvents.Cast<Expire>().Where(e => e.Hard).Select(e => e.Id.Spi).Order());
        Assert.Equal(3, pair.Left.Sas.Count(sa => !sa.IsLarval));
    }

    private static IEnumerable<EspAlgorithms> EspAlgorithmsKnown() => Algorithms.Select(row => EspPair.ByName(row.Data));
}
