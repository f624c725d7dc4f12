using System.Net;
using Concentrator.Kernel.Userspace;
using CsCheck;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>The index finds what a walk over all policies finds.</summary>
public sealed class PolicyIndexTests
{
    private static readonly Gen<XfrmSelector> Selectors =
        from source in Networks
        from destination in Networks
        from protocol in Gen.Int[0, 2].Select(i => new byte[] { 0, 6, 17 }[i])
        from mask in Gen.Int[0, 2].Select(i => new ushort[] { 0, 0xffff, 0xfffe }[i])
        select new XfrmSelector(source, destination, protocol, 0, 0, (ushort)(80 & mask), protocol == 0 ? (ushort)0 : mask);

    /// <summary>Few addresses and every length, so that much overlaps.</summary>
    private static Gen<IPNetwork> Networks =>
        from bits in Gen.Int[0, 3]
        from length in Gen.Int[0, 6].Select(i => new[] { 0, 1, 8, 15, 16, 31, 32 }[i])
        select new IPNetwork(new IPAddress(MaskedBytes(0x0a000000u + (uint)bits * 0x00010001u, length)), length);

    [Fact]
    public void It_finds_what_a_walk_finds() => Gen.Select(Selectors.Array[1, 30], Gen.Int[0, 3].Array[4], Gen.UShort[79, 82]).Sample((selectors, bits, port) =>
    {
        PolicyIndex index = new();
        Dictionary<XfrmSelector, PolicyEntry> all = [];
        uint age = 0;
        foreach (XfrmSelector selector in selectors)
        {
            // The same priority for some: then the older wins.
            PolicyEntry entry = new(Samples.Policy(XfrmDirection.Out, selector) with { Priority = PolicyPriority.Of(selector) / 1000 }, all.GetValueOrDefault(selector)?.Index ?? ++age);
            index.Put(entry);
            all[selector] = entry;
        }

        foreach (XfrmSelector removed in selectors.Where((_, i) => i % 5 == 4).Distinct())
        {
            Assert.NotNull(index.Remove(removed));
            all.Remove(removed);
        }

        Flow flow = new(0x0a000000u + (uint)bits[0] * 0x00010001u, 0x0a000000u + (uint)bits[1] * 0x00010001u, false, (byte)(bits[2] > 1 ? 6 : 17), bits[3] > 0, 1, port);
        PolicyEntry? expected = all.Values.Where(entry => Contains(entry.Spec.Selector, flow) && entry.Fits(flow)).OrderBy(entry => entry.Spec.Priority).ThenBy(entry => entry.Index).FirstOrDefault();
        Assert.Same(expected, index.Find(flow));
        Assert.Equal(all.Count, index.Infos.Count);
    });

    [Fact]
    public void A_fragment_fits_no_selector_with_ports()
    {
        PolicyEntry web = new(Samples.Policy(XfrmDirection.Out, new XfrmSelector(Samples.Net.Source, Samples.Net.Destination, 6, 0, 0, 0, 0xffff)), 1);
        Assert.False(web.Fits(new Flow(0, 0, false, 6, HasPorts: false, 0, 0)));
        Assert.True(web.Fits(new Flow(0, 0, false, 6, HasPorts: true, 5, 0)));
    }

    [Theory]
    [InlineData("4500001c000000004001000001020304050607080800000000000000", 28, true, 8, 0)]
    [InlineData("4500001c000020b94001000001020304050607080800000000000000", 28, false, 0, 0)]
    [InlineData("460000200000000006110000010203040506070894040000003500350000000000000000", 0, false, 0, 0)]
    [InlineData("460000200000000006110000010203040506070894040000003500360000000000", 32, true, 0x35, 0x36)]
    [InlineData("45000013000000004001000001020304050607", 0, false, 0, 0)]
    public void Ports_are_read_where_there_are_any(string hex, int length, bool hasPorts, int source, int destination)
    {
        byte[] packet = Convert.FromHexString(hex);
        bool isPacket = Flow.TryRead(packet, out Flow flow, out int own);
        if (length == 0) Assert.False(isPacket && own == packet.Length);
        else Assert.Equal((true, length, hasPorts, source, destination), (isPacket, own, flow.HasPorts, flow.SourcePort, flow.DestinationPort));
    }

    [Fact]
    public void Extension_headers_are_walked_and_fragments_have_no_ports()
    {
        byte[] udp = IpPackets.Udp("fd01::1", "fd02::1", 8);
        byte[] first = WithFragment(udp, offset: 0), later = WithFragment(udp, offset: 8);
        Assert.True(Flow.TryRead(first, out Flow whole, out _) && whole is { Protocol: 17, HasPorts: true, SourcePort: 1000, DestinationPort: 2000 });
        Assert.True(Flow.TryRead(later, out Flow part, out _) && part is { Protocol: 17, HasPorts: false });
        for (int length = 0; length < first.Length; length++) Assert.False(Flow.TryRead(first.AsSpan(0, length), out _, out _));
    }

    private static byte[] WithFragment(byte[] packet, ushort offset)
    {
        byte[] hopByHop = [44, 0, 0, 0, 0, 0, 0, 0], fragment = [17, 0, (byte)(offset >> 8), (byte)offset, 0, 0, 0, 1];
        byte[] whole = [.. packet[..40], .. hopByHop, .. fragment, .. packet[40..]];
        whole[5] += 16;
        whole[6] = 0;
        return whole;
    }

    private static bool Contains(XfrmSelector selector, Flow flow) =>
        selector.Source.Contains(new UdpEndpoint(flow.Source, 0, false).ToAddress()) && selector.Destination.Contains(new UdpEndpoint(flow.Destination, 0, false).ToAddress());

    private static byte[] MaskedBytes(uint address, int length)
    {
        uint masked = length == 0 ? 0 : address & uint.MaxValue << (32 - length);
        return [(byte)(masked >> 24), (byte)(masked >> 16), (byte)(masked >> 8), (byte)masked];
    }
}
