using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// <c>rekey_time</c>, <c>life_time</c>, <c>over_time</c> and <c>rand_time</c>, and the same of octets and packets, as swanctl.conf means them, in virtual time
/// (RFC 7296 §2.8: each side enforces its own).
/// </summary>
public sealed class LifetimeTests
{
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 20).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_rekeying_comes_before_its_time_by_a_part_of_the_jitter_that_is_drawn(ulong seed)
    {
        Pair pair = new Pair(o =>
        {
            o.InitiatorSession = c => c with { Random = new SeededRandom(seed) };
            o.InitiatorChild = c => c with { Lifetime = new ChildLifetime { RekeyTime = Seconds(100), LifeTime = Seconds(130), RandTime = Seconds(30) } };
            o.InitiatorConnection = c => c with { RekeyTime = Seconds(1000), RandTime = Seconds(200), OverTime = Seconds(100) };
        }).Establish();
        pair.Advance(Seconds(69.9));
        Assert.Empty(pair.Initiator.Events.OfType<ChildRekeyed>());
        pair.Advance(Seconds(30.2));
        Assert.Single(pair.Initiator.Events.OfType<ChildRekeyed>());
        pair.Advance(Seconds(699.8));
        Assert.Empty(pair.Initiator.Events.OfType<IkeSaRekeyed>());
        pair.Advance(Seconds(200.2));
        Assert.Single(pair.Initiator.Events.OfType<IkeSaRekeyed>());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_kernel_gets_the_limits_of_octets_and_packets_and_draws_anew_for_each_child(ulong seed)
    {
        ChildLifetime lifetime = new() { RekeyBytes = 1_000_000, LifeBytes = 1_500_000, RandBytes = 400_000, RekeyPackets = 1000, LifePackets = 2000, RandPackets = 300, LifeTime = Seconds(7200) };
        Pair pair = new Pair(o =>
        {
            o.InitiatorSession = o.ResponderSession = c => c with { Random = new SeededRandom(seed) };
            o.InitiatorChild = o.ResponderChild = c => c with { Lifetime = lifetime };
        }).Establish();
        pair.Tell(pair.Initiator, new RekeyChild(1));
        List<ChildLimits> limits = [.. new[] { pair.Initiator, pair.Responder }.SelectMany(p => p.Kernel.Installed.Values).Select(c => c.Limits)];
        Assert.Equal(4, limits.Count);
        Assert.All(limits, l => Assert.InRange(l.SoftBytes, 600_000UL, 1_000_000UL));
        Assert.All(limits, l => Assert.InRange(l.SoftPackets, 700UL, 1000UL));
        Assert.All(limits, l => Assert.Equal((1_500_000UL, 2000UL, Seconds(7200)), (l.HardBytes, l.HardPackets, l.HardTime)));
        Assert.True(limits.Select(l => l.SoftBytes).Distinct().Count() > 1, "each is drawn");
    }

    [Fact]
    public void Without_limits_nothing_is_ever_rekeyed_or_ended()
    {
        Pair pair = new Pair(o =>
        {
            o.InitiatorChild = o.ResponderChild = c => c with { Lifetime = new ChildLifetime { RekeyTime = default, LifeTime = default, RandTime = default } };
            o.InitiatorConnection = o.ResponderConnection = c => c with { RekeyTime = default, OverTime = default };
        }).Establish();
        int messages = pair.Wire.Count;
        pair.Advance(TimeSpan.FromDays(365));
        Assert.Equal(messages, pair.Wire.Count);
        Assert.Equal(new ChildLimits(), pair.Initiator.Kernel.Installed.Values.Single().Limits);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    /// <summary>RFC 7296 §2.25: a peer that puts off for ever is asked again and again, never at once, and then the IKE SA is closed.</summary>
    [Fact]
    public void An_ike_sa_that_cannot_be_rekeyed_ends_over_time_after_its_rekeying_was_due()
    {
        Pair pair = new Pair(o =>
        {
            o.InitiatorConnection = c => c with { RekeyTime = Seconds(100), RandTime = default, OverTime = Seconds(400) };
            o.ResponderSession = c => c with { Retransmit = new RetransmitPolicy(TimeSpan.FromHours(1), 1, 1) };
        }).Establish();
        // The responder is busy with a child all the time: its request is lost.
        pair.Advance(Seconds(99));
        pair.Network = (packet, toResponder) => !toResponder && packet.Octets[18] == (byte)ExchangeType.CreateChildSa && !IsResponse(packet) ? null : packet;
        pair.Tell(pair.Responder, new RekeyChild(1));
        List<TimeSpan> asked = [];
        while (pair.Initiator.End is null && pair.Now < Seconds(600))
        {
            int before = Refused(pair);
            pair.Advance(Seconds(0.5));
            if (Refused(pair) > before) asked.Add(pair.Now);
        }

        Assert.Equal(EndReason.RekeyFailed, pair.Initiator.End);
        Assert.InRange(pair.Now, Seconds(499), Seconds(502));
        Assert.InRange(asked.Count, 3, 12);
        Assert.All(asked.Zip(asked.Skip(1), (a, b) => b - a), gap => Assert.InRange(gap, Seconds(3.5), Seconds(400)));
        pair.Initiator.AssertNothingLeft();
    }

    private static int Refused(Pair pair) => pair.Responder.Sent.Count(s => s.EndsWith("[ N(TEMP_FAIL) ]", StringComparison.Ordinal));

    private static bool IsResponse(Packet packet) => (packet.Octets[19] & 0x20) != 0;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
