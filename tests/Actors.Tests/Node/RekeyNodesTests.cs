using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>Rekeying from socket to kernel, on command and because a kernel's soft limit was reached (RFC 7296 §2.8): two whole nodes over loopback.</summary>
public class RekeyNodesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_child_is_rekeyed_on_command_and_each_kernel_ends_with_one_pair(bool byMoon)
    {
        await using NodePair pair = await new NodePair { Esp = ["aes128gcm16-x25519"] }.EstablishAsync();
        (ConcentratorNode asks, EventLog heard) = byMoon ? (pair.Moon, pair.MoonEvents) : (pair.Sun, pair.SunEvents);
        ChildSaSnapshot before = Assert.Single(Assert.Single(pair.Moon.IkeSas).Children);
        IkeSaSnapshot own = Assert.Single(asks.IkeSas);

        asks.RekeyChild(own.Session, Assert.Single(own.Children).ChildId);

        await RekeyedAsync(pair, before);
        Assert.Contains(NodePair.SentBy(heard), sent => sent.Contains("[ N(REKEY_SA) SA No KE TSi TSr ]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_soft_limit_of_either_sa_starts_a_rekeying(bool inbound)
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        ChildSaSnapshot before = Assert.Single(Assert.Single(pair.Moon.IkeSas).Children);
        SaInfo sa = pair.MoonKernel.DumpSas().Single(s => s.Id.Spi == (inbound ? before.InboundSpi : before.OutboundSpi));

        // Both SAs of a child reach their limits at about the same time: that is one rekeying.
        pair.MoonKernel.Raise(new Expire(sa.Id, sa.ReqId, Hard: false));
        pair.MoonKernel.Raise(new Expire(sa.Id, sa.ReqId, Hard: false));

        await RekeyedAsync(pair, before);
        Assert.Single(NodePair.SentBy(pair.MoonEvents), sent => sent.StartsWith("CREATE_CHILD_SA request", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ike_sa_keeps_its_actor_its_children_and_all_that_is_in_the_kernels(bool byMoon)
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        IkeSaSnapshot moon = Assert.Single(pair.Moon.IkeSas), sun = Assert.Single(pair.Sun.IkeSas);
        IActorRef entity = await EntityAsync(pair.Moon, moon);
        int calls = pair.MoonKernel.History.Count + pair.SunKernel.History.Count;

        (byMoon ? pair.Moon : pair.Sun).Rekey((byMoon ? moon : sun).Session);
        await Rekeyed(pair.MoonEvents);
        await Rekeyed(pair.SunEvents);
        IkeSaSnapshot after = Assert.Single(pair.Moon.IkeSas), other = Assert.Single(pair.Sun.IkeSas);

        Assert.Equal((moon.Session, moon.Number, IkeSaState.Established), (after.Session, after.Number, after.State));
        Assert.Equal((moon.LocalSpi | 1, sun.LocalSpi | 1), (after.LocalSpi, after.RemoteSpi));
        Assert.Equal((after.LocalSpi, after.RemoteSpi), (other.RemoteSpi, other.LocalSpi));
        Assert.Equal(moon.Children, after.Children);
        Assert.Equal(sun.Children, other.Children);
        Assert.Equal(entity, await EntityAsync(pair.Moon, after));
        Assert.Equal(calls, pair.MoonKernel.History.Count + pair.SunKernel.History.Count);

        // Under the new SPIs it works as before, for both.
        pair.Sun.RekeyChild(other.Session, Assert.Single(other.Children).ChildId);
        await RekeyedAsync(pair, moon.Children[0]);
    }

    /// <summary>RFC 7296 §2.8: who answers can receive on the new child before the answer leaves, and sends through it when the peer has it.</summary>
    [Fact]
    public async Task The_kernels_are_asked_in_the_order_that_loses_nothing()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        IkeSaSnapshot moon = Assert.Single(pair.Moon.IkeSas);
        List<string> steps = [];
        pair.SunKernel.CallExecuted += call => Note(steps, call.Request switch
        {
            AddSa { Sa.Direction: XfrmDirection.In } => "in exists",
            AddSa { Sa.Direction: XfrmDirection.Out } => "out exists",
            UpdatePolicy { Policy.Direction: XfrmDirection.Out } => "out is used",
            DeleteSa => "one is gone",
            _ => null,
        });
        pair.SunEvents.Told += told => Note(steps, told switch
        {
            IkeSaHappened { Event: MessageSent sent } when sent.Summary.StartsWith("CREATE_CHILD_SA response", StringComparison.Ordinal) => "answered",
            IkeSaHappened { Event: MessageReceived received } when received.Summary.EndsWith("[ D ]", StringComparison.Ordinal) => "delete came",
            IkeSaHappened { Event: MessageSent sent } when sent.Summary.EndsWith("[ D ]", StringComparison.Ordinal) => "delete answered",
            _ => null,
        });

        pair.Moon.RekeyChild(moon.Session, moon.Children[0].ChildId);
        await RekeyedAsync(pair, moon.Children[0]);

        // The old outbound SA, then, after the linger, the old inbound one.
        Assert.Equal(["in exists", "out exists", "answered", "delete came", "out is used", "delete answered", "one is gone", "one is gone"], steps);
    }

    private static void Note(List<string> steps, string? step)
    {
        if (step is null) return;
        lock (steps) steps.Add(step);
    }

    private static Task<IkeSaHappened> Rekeyed(EventLog events) => events.NextAsync<IkeSaHappened>(e => e.Event is IkeSaRekeyed, "IKE SA rekeyed");

    private static async Task<IActorRef> EntityAsync(ConcentratorNode node, IkeSaSnapshot ikeSa) =>
        await node.System.ActorSelection($"{node.Actors.Sessions.Path}/{ikeSa.Session.Shard}/{ikeSa.Session.EntityId}").ResolveOne(TimeSpan.FromSeconds(20), Cancel);

    /// <summary>The child that moon knew as <paramref name="before"/> has left both kernels, another is in its place, and it alone.</summary>
    private static async Task RekeyedAsync(NodePair pair, ChildSaSnapshot before)
    {
        await Gone(pair.MoonEvents, before.InboundSpi);
        await Gone(pair.SunEvents, before.OutboundSpi);
        ChildSaSnapshot moon = await OnlyChildAsync(pair.Moon), sun = await OnlyChildAsync(pair.Sun);
        Assert.NotEqual(before.InboundSpi, moon.InboundSpi);
        Assert.Equal((moon.InboundSpi, moon.OutboundSpi), (sun.OutboundSpi, sun.InboundSpi));
        AssertHolds(pair.MoonKernel, moon);
        AssertHolds(pair.SunKernel, sun);
    }

    /// <summary>An actor that has told its end is seen a moment longer.</summary>
    private static async Task<ChildSaSnapshot> OnlyChildAsync(ConcentratorNode node)
    {
        await Wait.UntilAsync(() => Assert.Single(node.IkeSas).Children.Count == 1);
        return Assert.Single(Assert.Single(node.IkeSas).Children);
    }

    private static Task<ChildSaStateChanged> Gone(EventLog events, uint inboundSpi) => events.NextAsync<ChildSaStateChanged>(
        change => change.To == ChildSaState.Destroying && change.InboundSpi == inboundSpi, "replaced child gone");

    private static void AssertHolds(MemoryXfrmBackend kernel, ChildSaSnapshot child)
    {
        Assert.Equal(new[] { child.InboundSpi, child.OutboundSpi }.Order(), kernel.DumpSas().Select(sa => sa.Id.Spi).Order());
        Assert.Equal(3, kernel.DumpPolicies().Count);
        Assert.Equal(child.OutboundSpi, kernel.DumpPolicies().Single(policy => policy.Key.Direction == XfrmDirection.Out).Spi);
    }
}
