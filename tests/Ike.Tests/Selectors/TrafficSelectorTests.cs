using System.Net;
using Concentrator.Ike.Selectors;
using CsCheck;

namespace Concentrator.Ike.Tests.Selectors;

/// <summary>Selectors as sets, their text, their prefixes, and narrowing (RFC 7296 §2.9, §3.13.1).</summary>
public sealed class TrafficSelectorTests
{
    private static readonly Gen<TrafficSelector> Small =
        from a in Gen.Byte
        from b in Gen.Byte
        from protocol in Gen.OneOf(Gen.Const((byte)0), Gen.Const((byte)6), Gen.Const((byte)17))
        from p in Gen.UShort
        from q in Gen.UShort
        from ports in Gen.Bool
        select new TrafficSelector(
            new IPAddress([10, 0, 0, Math.Min(a, b)]), new IPAddress([10, 0, 0, Math.Max(a, b)]), protocol,
            ports ? Math.Min(p, q) : (ushort)0, ports ? Math.Max(p, q) : ushort.MaxValue);

    [Fact]
    public void What_two_have_in_common_lies_in_both_and_does_not_depend_on_the_order() => Gen.Select(Small, Small).Sample((a, b) =>
    {
        TrafficSelector? both = a.Intersect(b);
        Assert.Equal(both, b.Intersect(a));
        if (both is null) return;
        Assert.True(both.IsSubsetOf(a));
        Assert.True(both.IsSubsetOf(b));
        Assert.Equal(both, both.Intersect(a));
    });

    [Fact]
    public void Prefixes_cover_a_range_exactly_once_and_in_order() => Gen.Select(Gen.UInt, Gen.UInt[0, 5000]).Sample((start, length) =>
    {
        uint end = (uint)Math.Min((ulong)start + length, uint.MaxValue);
        var selector = new TrafficSelector(Address(start), Address(end), 0, 0, ushort.MaxValue);
        ulong next = start;
        foreach (IPNetwork network in selector.ToNetworks())
        {
            Assert.Equal(Address((uint)next), network.BaseAddress);
            next += 1ul << (32 - network.PrefixLength);
        }

        Assert.Equal((ulong)end + 1, next);
    });

    [Theory]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("::/0", "::/0")]
    [InlineData("10.1.0.0/24", "10.1.0.0/24")]
    [InlineData("10.1.0.1..10.1.0.6", "10.1.0.1/32 10.1.0.2/31 10.1.0.4/31 10.1.0.6/32")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("255.255.255.254..255.255.255.255", "255.255.255.254/31")]
    public void Known_prefixes(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', TrafficSelector.Parse(text).ToNetworks()));

    [Theory]
    [InlineData(0, 0, 65535, "10.1.0.0/24")]
    [InlineData(6, 80, 80, "10.1.0.0/24[tcp/80]")]
    [InlineData(17, 1000, 2000, "10.1.0.0/24[udp/1000-2000]")]
    [InlineData(50, 0, 65535, "10.1.0.0/24[esp]")]
    [InlineData(200, 0, 65535, "10.1.0.0/24[200]")]
    [InlineData(1, 2048, 2303, "10.1.0.0/24[icmp/8]")]
    [InlineData(1, 769, 769, "10.1.0.0/24[icmp/3(1)]")]
    [InlineData(0, 65535, 0, "10.1.0.0/24[any/opaque]")]
    public void Shown_as_people_write_them(byte protocol, ushort start, ushort end, string expected) =>
        Assert.Equal(expected, (TrafficSelector.Parse("10.1.0.0/24") with { Protocol = protocol, StartPort = start, EndPort = end }).ToString());

    [Theory]
    [InlineData("10.1.0.0/24[tcp/80]", 6, 80, 80)]
    [InlineData("10.1.0.0/24[tcp/http]", 6, 80, 80)]
    [InlineData("10.1.0.0/24[tcp/microsoft-ds]", 6, 445, 445)]
    [InlineData("10.1.0.0/24[udp/1024-2047]", 17, 1024, 2047)]
    [InlineData("10.1.0.0/24[47]", 47, 0, 65535)]
    [InlineData("10.1.0.0/24[/opaque]", 0, 65535, 0)]
    [InlineData("10.1.0.0/24[tcp/any]", 6, 0, 65535)]
    [InlineData("10.1.0.0/24[icmp/8]", 1, 2048, 2303)]
    [InlineData("10.1.0.0/24[icmp/2049]", 1, 2049, 2049)]
    [InlineData("10.1.0.0/24[icmpv6/133-137]", 58, 34048, 35327)]
    public void Read_as_people_write_them(string text, byte protocol, int start, int end) =>
        Assert.Equal(
            TrafficSelector.Parse("10.1.0.0/24") with { Protocol = protocol, StartPort = (ushort)start, EndPort = (ushort)end },
            TrafficSelector.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("10.1")]
    [InlineData("10.1/16")]
    [InlineData("167837696")]
    [InlineData("010.1.0.1")]
    [InlineData("10.1.0.0/33")]
    [InlineData("10.1.0.0/-1")]
    [InlineData("2001:db8::/129")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.1.0.9..10.1.0.3")]
    [InlineData("10.1.0.9..2001:db8::1")]
    [InlineData("10.1.0.0/24[tcp/80")]
    [InlineData("10.1.0.0/24[tpc]")]
    [InlineData("10.1.0.0/24[tcp/90-80]")]
    [InlineData("10.1.0.0/24[tcp/65536]")]
    [InlineData("10.1.0.0/24[icmp/3(256)]")]
    [InlineData("dynamic")]
    public void What_is_no_selector_is_refused(string text) => Assert.Throws<FormatException>(() => TrafficSelector.Parse(text));

    [Fact]
    public void Whatever_is_written_reads_back_the_same() => SelectorGen.Selector.Sample(s => TrafficSelector.Parse(s.ToString()).Equals(s));

    [Fact]
    public void A_packet_is_in_the_intersection_exactly_when_it_is_in_both() =>
        Gen.Select(SelectorGen.Selector, SelectorGen.Selector, SelectorGen.AnyPacket).Sample((left, right, packet) =>
            (left.Intersect(right) is { } common && packet.Matches(common)) == (packet.Matches(left) && packet.Matches(right)));

    [Fact]
    public void A_selector_whose_ends_are_exchanged_holds_nothing()
    {
        TrafficSelector wrong = new(IPAddress.Parse("10.0.0.9"), IPAddress.Parse("10.0.0.1"), 0, 0, ushort.MaxValue);

        Assert.Null(wrong.Intersect(TrafficSelector.Parse("0.0.0.0/0")));
        Assert.Empty(wrong.ToNetworks());
    }

    [Theory]
    [InlineData("0.0.0.1..255.255.255.254", 62)]
    [InlineData("::1..ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", 254)]
    public void The_worst_range_has_a_known_number_of_prefixes(string range, int count) =>
        Assert.Equal(count, TrafficSelector.Parse(range).ToNetworks().Count);

    [Fact]
    public void Opaque_lies_only_in_any_port_and_in_itself()
    {
        TrafficSelector any = TrafficSelector.Parse("10.1.0.0/24");
        TrafficSelector opaque = any with { StartPort = ushort.MaxValue, EndPort = 0 };
        Assert.True(opaque.IsSubsetOf(any));
        Assert.True(opaque.IsSubsetOf(opaque));
        Assert.Null(opaque.Intersect(any with { Protocol = 6, StartPort = 1, EndPort = 10 }));
    }

    [Fact]
    public void Families_do_not_mix() => Assert.Null(TrafficSelector.Parse("0.0.0.0/0").Intersect(TrafficSelector.Parse("::/0")));

    [Fact]
    public void Narrowing_takes_what_both_want_and_nothing_else() => Gen.Select(Small.Array[1, 4], Small.Array[1, 4]).Sample((ours, theirs) =>
    {
        IReadOnlyList<TrafficSelector> result = Narrowing.Narrow(ours, theirs);
        Assert.All(result, r => Assert.Contains(ours, r.IsSubsetOf));
        Assert.All(result, r => Assert.Contains(theirs, r.IsSubsetOf));
        Assert.Equal(result.Count == 0, !ours.Any(o => theirs.Any(t => o.Intersect(t) is not null)));
        // RFC 7296 §2.9: what the first proposed selector shares with us is in the result.
        Assert.All(ours, o => Assert.True(o.Intersect(theirs[0]) is not { } first || result.Any(first.IsSubsetOf)));
        if (result.Count > 0) Assert.True(Narrowing.IsSubset(result, theirs));
    });

    [Fact]
    public void An_answer_must_select_something_that_was_asked_for()
    {
        TrafficSelector[] asked = [TrafficSelector.Parse("10.1.0.0/24")];
        Assert.False(Narrowing.IsSubset([], asked));
        Assert.False(Narrowing.IsSubset([TrafficSelector.Parse("10.1.0.0/23")], asked));
        Assert.True(Narrowing.IsSubset([TrafficSelector.Parse("10.1.0.7")], asked));
    }

    private static IPAddress Address(uint value) => new([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
}
