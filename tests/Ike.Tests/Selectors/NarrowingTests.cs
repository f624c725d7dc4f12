using Concentrator.Ike.Selectors;
using CsCheck;

namespace Concentrator.Ike.Tests.Selectors;

/// <summary>Traffic selector negotiation (RFC 7296 §2.9).</summary>
public sealed class NarrowingTests
{
    [Theory]
    [InlineData("10.1.0.0/16", "10.1.0.0/16", "10.1.0.0/16")]
    [InlineData("10.1.0.0/16", "0.0.0.0/0 ::/0", "10.1.0.0/16")]
    [InlineData("10.1.0.0/16", "192.168.0.0/16", "")]
    [InlineData("10.1.0.0/16", "10.1.0.5/32[tcp/4711] 10.1.0.0/24", "10.1.0.0/24")]
    [InlineData("10.1.0.0/24[tcp]", "10.1.0.5/32[tcp/4711] 10.2.0.0/16", "10.1.0.5/32[tcp/4711]")]
    [InlineData("10.1.0.0/24 10.3.0.0/24", "10.3.0.0/16 10.1.0.0/16", "10.3.0.0/24 10.1.0.0/24")]
    [InlineData("10.1.0.0/24 10.1.0.0/16", "10.0.0.0/8 10.0.0.0/8", "10.1.0.0/16")]
    [InlineData("0.0.0.0/0", "10.1.0.1/32 10.2.0.1/32 10.1.0.2/32 10.1.0.0/16", "10.1.0.0/16 10.2.0.1/32")]
    public void The_responder_takes_all_it_may(string configured, string proposed, string expected) =>
        Assert.Equal(expected, string.Join(' ', Narrowing.Narrow(Read(configured), Read(proposed))));

    [Fact]
    public void The_result_lies_within_both() =>
        Gen.Select(SelectorGen.List, SelectorGen.List).Sample((configured, proposed) =>
        {
            IReadOnlyList<TrafficSelector> narrowed = Narrowing.Narrow(configured, proposed);
            return narrowed.Count == 0 || (Narrowing.IsSubset(narrowed, configured) && Narrowing.IsSubset(narrowed, proposed));
        });

    [Fact]
    public void A_packet_passes_exactly_when_both_sides_want_it() =>
        Gen.Select(SelectorGen.List, SelectorGen.List, SelectorGen.AnyPacket).Sample((configured, proposed, packet) =>
            Narrowing.Narrow(configured, proposed).Any(packet.Matches) == (configured.Any(packet.Matches) && proposed.Any(packet.Matches)));

    [Fact]
    public void Narrowing_commutes_but_for_the_order() =>
        Gen.Select(SelectorGen.List, SelectorGen.List).Sample((left, right) =>
            Narrowing.Narrow(left, right).ToHashSet().SetEquals(Narrowing.Narrow(right, left)));

    [Fact]
    public void No_selector_of_the_result_lies_within_another() =>
        Gen.Select(SelectorGen.List, SelectorGen.List).Sample((configured, proposed) =>
        {
            IReadOnlyList<TrafficSelector> narrowed = Narrowing.Narrow(configured, proposed);
            Assert.All(narrowed, n => Assert.Single(narrowed, n.IsSubsetOf));
        });

    [Fact]
    public void What_the_initiator_named_first_is_in_the_result_when_it_is_acceptable() =>
        // RFC 7296 §2.9: "the responder MUST narrow to a subset that includes the initiator's first choices".
        Gen.Select(SelectorGen.List, SelectorGen.Selector.Array[1, 5]).Sample((configured, proposed) =>
            !configured.Any(proposed[0].IsSubsetOf) || Narrowing.Narrow(configured, proposed).Any(proposed[0].IsSubsetOf));

    [Fact]
    public void A_result_fits_a_payload()
    {
        TrafficSelector[] hosts = [.. Enumerable.Range(0, 255).Select(i => TrafficSelector.Parse($"10.0.0.{i}[tcp/{i + 1}]"))];
        TrafficSelector[] ports = [.. Enumerable.Range(0, 255).Select(i => TrafficSelector.Parse($"10.0.0.0/8[tcp/{i + 1}]"))];
        TrafficSelector[] pairs = [.. Enumerable.Range(0, 255).Select(i => TrafficSelector.Parse($"10.0.0.0/9[tcp/{2 * i}]"))];

        Assert.Equal(255, Narrowing.Narrow(ports, hosts).Count);
        Assert.Equal(255, Narrowing.Narrow([.. pairs, .. hosts], [TrafficSelector.Parse("0.0.0.0/0")]).Count);
    }

    [Theory]
    [InlineData("10.1.0.0/24", "10.1.0.0/16", true)]
    [InlineData("10.1.0.0/24 10.2.0.0/24", "10.2.0.0/16 10.1.0.0/16", true)]
    [InlineData("10.1.0.0/16", "10.1.0.0/24", false)]
    [InlineData("10.1.0.0/24 10.9.0.0/24", "10.1.0.0/16", false)]
    [InlineData("10.1.0.0/24", "10.1.0.0/24[tcp]", false)]
    [InlineData("", "10.1.0.0/24", false)]
    public void The_initiator_checks_the_answer(string answer, string proposed, bool isSubset) =>
        Assert.Equal(isSubset, Narrowing.IsSubset(Read(answer), Read(proposed)));

    private static TrafficSelector[] Read(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(TrafficSelector.Parse)];
}
