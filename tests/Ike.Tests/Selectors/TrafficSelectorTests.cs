using System.Net;
using Concentrator.Ike.Selectors;
using CsCheck;
using Xunit;

namespace Concentrator.Ike.Tests.Selectors;

public sealed class TrafficSelectorTests
{
    [Theory]
    [InlineData("10.1.0.0/24", "10.1.0.0", "10.1.0.255", 0, 0, 65535)]
    [InlineData("10.1.0.0/24[tcp/80]", "10.1.0.0", "10.1.0.255", 6, 80, 80)]
    [InlineData("10.1.0.7", "10.1.0.7", "10.1.0.7", 0, 0, 65535)]
    [InlineData("10.1.0.3-10.1.0.9[udp]", "10.1.0.3", "10.1.0.9", 17, 0, 65535)]
    [InlineData("10.1.0.3..10.1.0.9", "10.1.0.3", "10.1.0.9", 0, 0, 65535)]
    [InlineData("10.1.2.3/8", "10.0.0.0", "10.255.255.255", 0, 0, 65535)]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255", 0, 0, 65535)]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0, 0, 65535)]
    [InlineData("2001:db8::/64[tcp/1024-2047]", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", 6, 1024, 2047)]
    [InlineData("10.1.0.0/16[tcp/http]", "10.1.0.0", "10.1.255.255", 6, 80, 80)]
    [InlineData("10.1.0.0/16[tcp/microsoft-ds]", "10.1.0.0", "10.1.255.255", 6, 445, 445)]
    [InlineData("10.1.0.0/16[47]", "10.1.0.0", "10.1.255.255", 47, 0, 65535)]
    [InlineData("10.1.0.0/16[udp/opaque]", "10.1.0.0", "10.1.255.255", 17, 65535, 0)]
    [InlineData("10.1.0.0/16[tcp/any]", "10.1.0.0", "10.1.255.255", 6, 0, 65535)]
    [InlineData("10.1.0.0/16[icmp/8]", "10.1.0.0", "10.1.255.255", 1, 2048, 2303)]
    [InlineData("10.1.0.0/16[icmp/2049]", "10.1.0.0", "10.1.255.255", 1, 2049, 2049)]
    [InlineData("10.1.0.0/16[icmp/3(1)]", "10.1.0.0", "10.1.255.255", 1, 769, 769)]
    [InlineData("fe80::/10[ipv6-icmp/133-137]", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 58, 34048, 35327)]
    public void Text_is_read(string text, string start, string end, byte protocol, int startPort, int endPort) =>
        Assert.Equal(
            new TrafficSelector(IPAddress.Parse(start), IPAddress.Parse(end), protocol, (ushort)startPort, (ushort)endPort),
            TrafficSelector.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("10.1")]
    [InlineData("10.1.0.256")]
    [InlineData("010.1.0.1")]
    [InlineData("10.1.0.0/33")]
    [InlineData("10.1.0.0/-1")]
    [InlineData("2001:db8::/129")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.1.0.9-10.1.0.3")]
    [InlineData("10.1.0.9-2001:db8::1")]
    [InlineData("10.1.0.0/24[tcp/80")]
    [InlineData("10.1.0.0/24[tpc]")]
    [InlineData("10.1.0.0/24[tcp/90-80]")]
    [InlineData("10.1.0.0/24[tcp/65536]")]
    [InlineData("10.1.0.0/24[icmp/3(256)]")]
    [InlineData("10.1.0.0/24[any/80]")]
    [InlineData("dynamic")]
    [InlineData("host.example.org")]
    public void What_is_no_selector_is_refused(string text) => Assert.False(TrafficSelector.TryParse(text, out _));

    [Theory]
    [InlineData("10.1.0.0/24[tcp/80]")]
    [InlineData("10.1.0.3..10.1.0.9[udp]")]
    [InlineData("10.1.0.7/32")]
    [InlineData("2001:db8::/64[tcp/1024-2047]")]
    [InlineData("10.1.0.0/16[icmp/8]")]
    [InlineData("10.1.0.0/16[icmp/3(1)]")]
    [InlineData("10.1.0.0/16[udp/opaque]")]
    [InlineData("10.1.0.0/16[200]")]
    public void Text_comes_back_as_it_was(string text) => Assert.Equal(text, TrafficSelector.Parse(text).ToString());

    [Fact]
    public void Whatever_is_written_reads_back_the_same() =>
        SelectorGen.Selector.Where(s => s.Protocol != 0 || s.IsAnyPort).Sample(s => TrafficSelector.Parse(s.ToString()).Equals(s));

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.0.0/16[tcp]", "10.1.0.0/16[tcp]")]
    [InlineData("10.0.0.0/8[tcp]", "10.0.0.0/8[udp]", null)]
    [InlineData("10.0.0.0/8[tcp/1-80]", "10.0.0.0/8[tcp/80-90]", "10.0.0.0/8[tcp/80]")]
    [InlineData("10.0.0.0/8[tcp/opaque]", "10.0.0.0/8", "10.0.0.0/8[tcp/opaque]")]
    [InlineData("10.0.0.0/8[tcp/opaque]", "10.0.0.0/8[tcp/80]", null)]
    [InlineData("10.0.0.0/8[tcp/opaque]", "10.0.0.0/8[tcp/0-65534]", null)]
    [InlineData("10.0.0.0/8", "::/0", null)]
    [InlineData("10.1.0.0-10.1.0.99", "10.1.0.50-10.1.0.200", "10.1.0.50..10.1.0.99")]
    public void Intersections_come_out_as_expected(string left, string right, string? expected) =>
        Assert.Equal(expected, TrafficSelector.Parse(left).Intersect(TrafficSelector.Parse(right))?.ToString());

    [Fact]
    public void A_packet_is_in_the_intersection_exactly_when_it_is_in_both() =>
        Gen.Select(SelectorGen.Selector, SelectorGen.Selector, SelectorGen.AnyPacket).Sample((left, right, packet) =>
            (left.Intersect(right) is { } common && packet.Matches(common)) == (packet.Matches(left) && packet.Matches(right)));

    [Fact]
    public void Intersection_commutes_is_idempotent_and_lies_within_both() =>
        Gen.Select(SelectorGen.Selector, SelectorGen.Selector).Sample((left, right) =>
        {
            TrafficSelector? common = left.Intersect(right);
            Assert.Equal(common, right.Intersect(left));
            Assert.Equal(left, left.Intersect(left));
            Assert.True(common is null || (common.IsSubsetOf(left) && common.IsSubsetOf(right)));
        });

    [Fact]
    public void A_selector_whose_ends_are_exchanged_holds_nothing()
    {
        TrafficSelector wrong = new(IPAddress.Parse("10.0.0.9"), IPAddress.Parse("10.0.0.1"), 0, 0, 65535);

        Assert.Null(wrong.Intersect(TrafficSelector.AnyIpv4));
        Assert.Empty(wrong.ToSubnets());
    }

    [Theory]
    [InlineData("10.1.0.0/24", "10.1.0.0/24")]
    [InlineData("10.1.0.1-10.1.0.6", "10.1.0.1/32 10.1.0.2/31 10.1.0.4/31 10.1.0.6/32")]
    [InlineData("0.0.0.0-255.255.255.255", "0.0.0.0/0")]
    [InlineData("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0")]
    [InlineData("2001:db8::1-2001:db8::2", "2001:db8::1/128 2001:db8::2/128")]
    public void A_range_becomes_the_fewest_prefixes(string range, string subnets) =>
        Assert.Equal(subnets, string.Join(' ', TrafficSelector.Parse(range).ToSubnets()));

    [Theory]
    [InlineData("0.0.0.1-255.255.255.254", 62)]
    [InlineData("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", 254)]
    public void The_worst_range_has_a_known_number_of_prefixes(string range, int count) =>
        Assert.Equal(count, TrafficSelector.Parse(range).ToSubnets().Count);

    [Fact]
    public void Prefixes_cover_the_range_exactly_without_overlap() =>
        Gen.Select(SelectorGen.Selector, SelectorGen.AnyPacket).Sample((selector, packet) =>
            selector.ToSubnets().Count(subnet => subnet.Contains(packet.Address)) == (selector.Contains(packet.Address) ? 1 : 0));

    [Fact]
    public void Port_masks_cover_the_ports_exactly_without_overlap() =>
        Gen.Select(SelectorGen.Selector.Where(s => !s.IsOpaque), Gen.UShort).Sample((selector, port) =>
            selector.ToPortMasks().Count(m => (port & m.Mask) == m.Port) == (port >= selector.StartPort && port <= selector.EndPort ? 1 : 0));
}
