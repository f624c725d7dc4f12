using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>What becomes of children that end without our wish: <c>dpd_action</c> and <c>close_action</c> of swanctl.conf.</summary>
public sealed class AftermathTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(ChildAction.None, 0, 0)]
    [InlineData(ChildAction.Trap, 1, 0)]
    [InlineData(ChildAction.Start, 0, 1)]
    [InlineData(ChildAction.Trap | ChildAction.Start, 1, 1)]
    public void The_children_of_a_dead_peer_follow_dpd_action(ChildAction action, int traps, int calls)
    {
        // "second" has none of its own, and goes.
        Pair pair = new Pair(o =>
        {
            o.InitiatorConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(10) };
            o.InitiatorChild = c => c.Name == "net" ? c with { DpdAction = action, CloseAction = ChildAction.None } : c;
        }).Establish("net", "second");
        pair.Network = (_, _) => null;
        pair.Advance(TimeSpan.FromSeconds(300));

        Assert.Equal(EndReason.PeerUnreachable, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
        Assert.Equal((traps, calls), (pair.Initiator.Told.OfType<LeaveTrap>().Count(), pair.Initiator.Told.OfType<CallAnew>().Count()));
        Assert.All(pair.Initiator.Told.OfType<LeaveTrap>(), trap => Assert.Equal("net", trap.Child.Name));
        Assert.All(pair.Initiator.Told.OfType<CallAnew>(), call => Assert.Equal(["net"], call.Children));
    }

    [Fact]
    public void A_responder_calls_a_dead_peer_anew_where_it_was()
    {
        Pair pair = new Pair(o =>
        {
            o.ResponderConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(10) };
            o.ResponderChild = c => c with { DpdAction = ChildAction.Start };
        }).Establish();
        pair.Network = (_, _) => null;
        pair.Advance(TimeSpan.FromSeconds(300));

        CallAnew call = Assert.Single(pair.Responder.Told.OfType<CallAnew>());
        Assert.Equal(["net"], call.Children);
        Assert.Equal(pair.Initiator.Address, call.Path.Remote);
    }

    // No packet may find neither trap nor SA.
    [Theory]
    [InlineData("dpd")]
    [InlineData("delete")]
    [InlineData("delete of the ike sa")]
    public void The_trap_is_told_before_the_child_is_removed(string how)
    {
        Pair pair = new Pair(o =>
        {
            o.InitiatorConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(10) };
            o.InitiatorChild = c => c with { DpdAction = ChildAction.Trap, CloseAction = ChildAction.Trap };
        }).Establish();
        List<string> order = [];
        pair.Initiator.Performed = effect => order.Add(effect is TellChild { Command: RemoveChild } ? "remove" : effect.GetType().Name);
        if (how == "dpd")
        {
            pair.Network = (_, _) => null;
            pair.Advance(TimeSpan.FromSeconds(300));
        }
        else
        {
            pair.Tell(pair.Responder, how == "delete" ? new CloseChild(pair.Responder.Children.Single().ChildId) : new Close(EndReason.DeletedByUs));
        }

        Assert.Equal([nameof(LeaveTrap), "remove"], order.Where(o => o is nameof(LeaveTrap) or "remove"));
    }

    [Theory]
    [InlineData(ChildAction.None, 0)]
    [InlineData(ChildAction.Trap, 1)]
    public void A_child_that_the_peer_closes_follows_close_action(ChildAction action, int traps)
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with { CloseAction = action, DpdAction = ChildAction.Start }).Establish();
        pair.Advance(Long);
        pair.Tell(pair.Responder, new CloseChild(pair.Responder.Children.Single().ChildId));
        pair.Advance(Long);

        Assert.Empty(pair.Initiator.Kernel.Installed);
        Assert.Equal(traps, pair.Initiator.Told.Count);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Fact]
    public void A_child_that_is_to_start_again_starts_at_once_where_it_had_been_up_a_while()
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with { CloseAction = ChildAction.Start }).Establish();
        pair.Advance(Long);
        pair.Tell(pair.Responder, new CloseChild(pair.Responder.Children.Single().ChildId));
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void A_peer_that_closes_as_fast_as_we_build_is_met_with_back_off()
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with { CloseAction = ChildAction.Start }).Establish();
        TimeSpan begin = pair.Now;
        int closed = 0;
        while (pair.Now - begin < TimeSpan.FromSeconds(20))
        {
            foreach (ChildPlan child in pair.Responder.Children.ToList())
            {
                closed++;
                pair.Tell(pair.Responder, new CloseChild(child.ChildId));
            }

            pair.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(closed, 15, 26);
    }

    [Theory]
    [InlineData(ChildAction.None, 0, 0)]
    [InlineData(ChildAction.Trap, 1, 0)]
    [InlineData(ChildAction.Start, 0, 1)]
    public void A_delete_of_the_ike_sa_is_a_close_of_its_children(ChildAction action, int traps, int calls)
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with { CloseAction = action }).Establish();
        pair.Tell(pair.Responder, new Close(EndReason.DeletedByUs));
        Assert.Equal((traps, calls), (pair.Initiator.Told.OfType<LeaveTrap>().Count(), pair.Initiator.Told.OfType<CallAnew>().Count()));
    }

    [Fact]
    public void What_we_close_ourselves_stays_closed()
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with { CloseAction = ChildAction.Start | ChildAction.Trap, DpdAction = ChildAction.Start | ChildAction.Trap }).Establish("net", "second");
        pair.Tell(pair.Initiator, new CloseChild(pair.Initiator.Children.First().ChildId));
        pair.Tell(pair.Initiator, new Close(EndReason.DeletedByUs));
        pair.Advance(Long);
        Assert.Empty(pair.Initiator.Told);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void A_peer_that_dies_while_we_close_is_not_called_again()
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with { DpdAction = ChildAction.Start | ChildAction.Trap }).Establish();
        pair.Network = (_, _) => null;
        pair.Tell(pair.Initiator, new Close(EndReason.DeletedByUs));
        pair.Advance(TimeSpan.FromSeconds(300));
        Assert.Empty(pair.Initiator.Told);
        Assert.Equal(EndReason.DeletedByUs, pair.Initiator.End);
    }

    // A rekeying's old child goes with a Delete of the peer, and that is no close.
    [Fact]
    public void A_replaced_child_is_not_closed_in_this_sense()
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with { CloseAction = ChildAction.Start | ChildAction.Trap }).Establish();
        pair.Tell(pair.Responder, new RekeyChild(pair.Responder.Children.Single().ChildId));
        pair.Advance(Long);
        Assert.Empty(pair.Initiator.Told);
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Theory]
    [InlineData("lingering")]
    [InlineData("deleting")]
    [InlineData("unknown")]
    public void A_hard_limit_of_what_is_going_anyway_changes_nothing(string phase)
    {
        Pair pair = new Pair().Establish();
        uint old = pair.Initiator.Children.Single().ChildId;
        if (phase == "lingering")
        {
            pair.Tell(pair.Initiator, new RekeyChild(old));
        }
        else if (phase == "deleting")
        {
            pair.Network = (_, _) => null;
            pair.Tell(pair.Initiator, new CloseChild(old));
        }

        int sent = pair.Initiator.Sent.Count();
        pair.Tell(pair.Initiator, new ChildLost(phase == "unknown" ? 99 : old));
        Assert.Equal(sent, pair.Initiator.Sent.Count());
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }
}
