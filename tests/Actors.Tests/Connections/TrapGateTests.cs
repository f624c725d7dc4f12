using Concentrator.Actors.Connections;
using Concentrator.Ike;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Connections;

/// <summary>One attempt a trap, however often the kernel asks.</summary>
public class TrapGateTests
{
    private static readonly PacketSelectors First = Packet("10.2.0.1/32"), Second = Packet("10.2.0.2/32");

    private readonly TrapGate _gate = new(new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)), new SeededRandom(1));

    [Fact]
    public void Many_packets_make_one_attempt_and_the_first_is_the_one_that_is_told()
    {
        Assert.Same(First, _gate.Ask(First, At(0)));
        for (int i = 1; i < 1000; i++) Assert.Null(_gate.Ask(Second, At(i * 0.001)));
        Assert.True(_gate.IsServing);
    }

    [Fact]
    public void After_a_success_the_next_packet_is_served_at_once()
    {
        _gate.Ask(First, At(0));
        _gate.Ask(First, At(1));
        Assert.Equal(TimeSpan.Zero, _gate.Conclude(isUp: true, At(2)));
        Assert.Null(_gate.Begin(At(2)));
        Assert.Same(Second, _gate.Ask(Second, At(2)));
    }

    [Fact]
    public void After_a_failure_nobody_is_heard_until_the_back_off_is_over()
    {
        _gate.Ask(First, At(0));
        TimeSpan pause = _gate.Conclude(isUp: false, At(1));
        Assert.InRange(pause.TotalSeconds, 0.8, 1.2);
        Assert.Null(_gate.Ask(Second, At(1.5)));

        Assert.Same(Second, _gate.Begin(At(1) + pause));
    }

    [Fact]
    public void Traffic_that_asked_during_the_attempt_is_served_after_the_back_off()
    {
        _gate.Ask(First, At(0));
        _gate.Ask(Second, At(30));
        TimeSpan pause = _gate.Conclude(isUp: false, At(165));
        Assert.Same(Second, _gate.Begin(At(165) + pause));
    }

    [Fact]
    public void Without_traffic_a_failed_trap_stays_quiet()
    {
        _gate.Ask(First, At(0));
        _gate.Conclude(isUp: false, At(1));
        Assert.Null(_gate.Begin(At(1000)));
    }

    [Fact]
    public void The_back_off_grows_and_a_success_ends_it()
    {
        double last = 0;
        for (int i = 0; i < 6; i++)
        {
            Assert.NotNull(_gate.Ask(First, At(1000 * i)));
            double pause = _gate.Conclude(isUp: false, At(1000 * i)).TotalSeconds;
            Assert.True(pause > last);
            last = pause;
        }

        _gate.Ask(First, At(10_000));
        _gate.Conclude(isUp: true, At(10_001));
        _gate.Ask(First, At(10_002));
        Assert.InRange(_gate.Conclude(isUp: false, At(10_003)).TotalSeconds, 0.8, 1.2);
    }

    [Fact]
    public void An_attempt_that_is_never_concluded_does_not_close_the_trap_for_good()
    {
        _gate.Ask(First, At(0));
        Assert.Null(_gate.Ask(Second, At(299)));
        Assert.NotNull(_gate.Ask(Second, At(301)));
    }

    private static PacketSelectors Packet(string remote) => new(TrafficSelector.Parse("10.1.0.1/32"), TrafficSelector.Parse(remote));

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
