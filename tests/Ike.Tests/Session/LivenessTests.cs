using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Liveness checks and what makes them needless (RFC 7296 §2.4).</summary>
public sealed class LivenessTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(10);

    [Fact]
    public void No_probe_is_sent_while_esp_flows_in()
    {
        Pair pair = Watched();
        uint child = pair.Initiator.Children.Single().ChildId;
        for (ulong packets = 1; packets <= 60; packets++)
        {
            pair.Initiator.Kernel.Received[child] = packets;
            pair.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(0, Probes(pair.Initiator));
        Assert.InRange(pair.Initiator.Kernel.Questions, 25, 31);
    }

    [Fact]
    public void A_peer_that_falls_silent_on_both_is_asked_within_two_delays()
    {
        Pair pair = Watched();
        pair.Initiator.Kernel.Received[pair.Initiator.Children.Single().ChildId] = 7;
        pair.Advance(Delay + TimeSpan.FromSeconds(1));
        Assert.Equal(0, Probes(pair.Initiator));

        pair.Advance(Delay);
        Assert.Equal(1, Probes(pair.Initiator));
    }

    [Fact]
    public void What_only_goes_out_shows_nothing()
    {
        Pair pair = Watched();
        uint child = pair.Initiator.Children.Single().ChildId;
        for (ulong packets = 1; packets <= 7; packets++)
        {
            pair.Initiator.Kernel.Sent[child] = packets;
            pair.Advance(Delay / 2);
        }

        Assert.Equal(3, Probes(pair.Initiator));
    }

    [Fact]
    public void A_kernel_that_does_not_answer_does_not_stop_the_check()
    {
        Pair pair = Watched();
        pair.Initiator.Kernel.IsSilent = true;
        pair.Network = (_, _) => null;
        pair.Advance(Delay + TimeSpan.FromSeconds(2));
        Assert.Equal(1, Probes(pair.Initiator));

        pair.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(EndReason.PeerUnreachable, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void An_answer_that_comes_too_late_changes_nothing()
    {
        Pair pair = Watched();
        pair.Initiator.Kernel.IsSilent = true;
        pair.Advance(Delay + TimeSpan.FromSeconds(2));
        pair.Tell(pair.Initiator, new TrafficCounted(new Dictionary<uint, PacketCount> { [99] = new(1, 1) }));
        Assert.Equal(1, Probes(pair.Initiator));

        pair.Advance(Delay + TimeSpan.FromSeconds(2));
        Assert.Equal(2, Probes(pair.Initiator));
    }

    [Fact]
    public void The_peers_own_messages_make_the_question_needless()
    {
        Pair pair = Watched(o => o.ResponderConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(4) });
        pair.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((0, 0), (Probes(pair.Initiator), pair.Initiator.Kernel.Questions));
        Assert.InRange(Probes(pair.Responder), 14, 15);
    }

    [Fact]
    public void Without_a_child_the_kernel_is_not_asked()
    {
        Pair pair = Watched();
        pair.Tell(pair.Initiator, new CloseChild(pair.Initiator.Children.Single().ChildId));
        pair.Advance(Delay * 2.5);
        Assert.Equal((2, 0), (Probes(pair.Initiator), pair.Initiator.Kernel.Questions));
    }

    [Fact]
    public void A_tunnel_that_lives_on_esp_is_found_dead_when_that_ends()
    {
        Pair pair = Watched();
        pair.Initiator.Kernel.Received[pair.Initiator.Children.Single().ChildId] = 1;
        pair.Network = (_, _) => null;
        pair.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(EndReason.PeerUnreachable, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
    }

    private static Pair Watched(Action<PairOptions>? more = null) => new Pair(o =>
    {
        o.InitiatorConnection = c => c with { DpdDelay = Delay };
        more?.Invoke(o);
    }).Establish();

    private static int Probes(TestPeer peer) => peer.Events.OfType<MessageSent>()
        .Count(m => !m.Repeated && m.Summary.StartsWith("INFORMATIONAL request", StringComparison.Ordinal) && m.Summary.EndsWith("[ ]", StringComparison.Ordinal));
}
