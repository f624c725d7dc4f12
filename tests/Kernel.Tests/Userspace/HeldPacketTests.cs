using System.Net;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>A policy without an SA: the want is told, the packets wait, few of them and not for ever.</summary>
public sealed class HeldPacketTests
{
    private static readonly byte[] Packet = IpPackets.Udp("10.5.0.1", "10.6.0.1");
    private static readonly XfrmSelector Trap = new(IPNetwork.Parse("10.5.0.0/16"), IPNetwork.Parse("10.6.0.0/16"));

    [Fact]
    public void The_want_is_told_once_and_the_packet_leaves_when_the_sa_comes()
    {
        using EspPair pair = new();
        int due = 0;
        pair.Left.HeldPacketsDue += () => due++;
        AddTrap(pair);
        for (int i = 0; i < 3; i++) Assert.Equal(EspVerdict.Held, Send(pair));
        Acquire acquire = Assert.IsType<Acquire>(Assert.Single(pair.LeftEvents));
        Assert.Equal((9u, "10.5.0.1", "10.6.0.1"), (acquire.ReqId, acquire.Packet.Source.BaseAddress.ToString(), acquire.Packet.Destination.BaseAddress.ToString()));
        Assert.Equal((3, 0), (pair.Left.HeldCount, due));

        Assert.True(pair.Left.Perform(new AddSa(pair.Spec(XfrmDirection.Out, 0xc0000077, EspPair.Gcm()) with { ReqId = 9 })).Succeeded);
        Assert.Equal(1, due);
        byte[] buffer = new byte[512];
        for (int i = 0; i < 3; i++)
        {
            Assert.True(pair.Left.TakeHeld(buffer, EspTransform.LargestFront, out EspVerdict verdict, out ProtectedPacket sent));
            Assert.Equal((EspVerdict.Delivered, 0xc0000077u), (verdict, sent.Sa.Id.Spi));
        }

        Assert.False(pair.Left.TakeHeld(buffer, EspTransform.LargestFront, out _, out _));
        Assert.Single(pair.LeftEvents);
    }

    [Fact]
    public void Few_wait_and_none_for_ever()
    {
        using EspPair pair = new();
        AddTrap(pair);
        EspVerdict[] verdicts = [.. Enumerable.Range(0, 100).Select(_ => Send(pair))];
        Assert.Equal(8, verdicts.Count(verdict => verdict == EspVerdict.Held));
        Assert.Equal(92, pair.Left.Counters[EspVerdict.NoSa]);
        pair.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.False(pair.Left.TakeHeld(new byte[512], EspTransform.LargestFront, out _, out _));

        // The want is told again, since nothing has come of the first.
        Assert.Equal(EspVerdict.Held, Send(pair));
        Assert.Equal(2, pair.LeftEvents.OfType<Acquire>().Count());
    }

    [Fact]
    public void A_try_in_vain_does_not_prolong_the_wait()
    {
        using EspPair pair = new();
        AddTrap(pair);
        Send(pair);
        byte[] buffer = new byte[512];
        for (int i = 0; i < 2; i++)
        {
            pair.Time.Advance(TimeSpan.FromSeconds(12));
            Assert.True(pair.Left.TakeHeld(buffer, EspTransform.LargestFront, out EspVerdict verdict, out _));
            Assert.Equal(EspVerdict.Held, verdict);
        }

        pair.Time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(1, pair.Left.HeldCount);
        Assert.False(pair.Left.TakeHeld(buffer, EspTransform.LargestFront, out _, out _));
    }

    [Fact]
    public void A_new_policy_is_a_new_want()
    {
        using EspPair pair = new();
        AddTrap(pair);
        Send(pair);
        Assert.True(pair.Left.Perform(new DeletePolicy(new PolicyKey(Trap, XfrmDirection.Out))).Succeeded);
        AddTrap(pair);
        Assert.Equal(EspVerdict.Held, Send(pair));
        Assert.Equal(2, pair.LeftEvents.OfType<Acquire>().Count());
    }

    [Fact]
    public void Many_policies_together_hold_no_more_than_the_bound()
    {
        using EspPair pair = new();
        for (int i = 0; i < 100; i++)
        {
            XfrmSelector one = new(IPNetwork.Parse($"10.5.{i}.0/24"), IPNetwork.Parse("10.6.0.0/16"));
            pair.Left.Perform(new AddPolicy(Samples.Policy(XfrmDirection.Out, one, reqId: 9)));
            for (int n = 0; n < 5; n++) EspPair.Protect(pair.Left, IpPackets.Udp($"10.5.{i}.1", "10.6.0.1"), out _);
        }

        Assert.Equal(256, pair.Left.HeldCount);
        Assert.Equal(100, pair.LeftEvents.OfType<Acquire>().Count());
    }

    private static void AddTrap(EspPair pair) => Assert.True(pair.Left.Perform(new AddPolicy(Samples.Policy(XfrmDirection.Out, Trap, reqId: 9))).Succeeded);

    private static EspVerdict Send(EspPair pair)
    {
        EspPair.Protect(pair.Left, Packet, out EspVerdict verdict);
        return verdict;
    }
}
