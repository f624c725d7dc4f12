using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>How IKE SAs live and end: Deletes, liveness, one identity and its several IKE SAs (RFC 7296 §1.4, §2.4).</summary>
public sealed class LifeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Either_side_closes_the_ike_sa_with_all_its_children(bool byInitiator)
    {
        Pair pair = new Pair().Establish("net", "second");
        (TestPeer closer, TestPeer other) = byInitiator ? (pair.Initiator, pair.Responder) : (pair.Responder, pair.Initiator);
        pair.Tell(closer, new Close(EndReason.DeletedByUs));

        Assert.EndsWith("[ D ]", closer.Sent.Last());
        Assert.EndsWith("[ ]", other.Sent.Last());
        Assert.Equal(EndReason.DeletedByUs, closer.End);
        closer.AssertNothingLeft();
        Assert.Empty(other.Kernel.Installed);
        pair.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(EndReason.DeletedByPeer, other.End);
        other.AssertNothingLeft();
    }

    [Fact]
    public void Both_sides_may_close_at_once()
    {
        Pair pair = new Pair().Establish();
        pair.Initiator.Handle(new Close(EndReason.DeletedByUs), pair.Now);
        pair.Responder.Handle(new Close(EndReason.DeletedByUs), pair.Now);
        pair.Drive();
        pair.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(EndReason.DeletedByUs, pair.Initiator.End);
        Assert.Equal(EndReason.DeletedByUs, pair.Responder.End);
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
    }

    [Fact]
    public void A_lost_answer_to_a_delete_is_repeated_from_the_tombstone()
    {
        Pair pair = new Pair().Establish();
        bool lost = false;
        pair.Network = (packet, toResponder) =>
        {
            if (toResponder || lost) return packet;
            lost = true;
            return null;
        };
        pair.Tell(pair.Initiator, new Close(EndReason.DeletedByUs));
        Assert.Null(pair.Initiator.End);
        pair.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(EndReason.DeletedByUs, pair.Initiator.End);
    }

    [Fact]
    public void A_silent_peer_is_asked_and_then_given_up()
    {
        Pair pair = new Pair(o => o.InitiatorConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(10) }).Establish();
        pair.Advance(TimeSpan.FromSeconds(35));
        Assert.Equal(3, pair.Responder.Sent.Count(s => s.StartsWith("INFORMATIONAL response", StringComparison.Ordinal)));

        pair.Network = (_, _) => null;
        pair.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(EndReason.PeerUnreachable, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void Initial_contact_is_announced_only_after_authentication()
    {
        Pair good = new Pair().Establish();
        Assert.True(good.Responder.Announced!.ReplaceOthers);
        Assert.Equal("moon.example.org", good.Responder.Announced.Remote.ToString());

        Pair bad = new Pair(o => o.ResponderKey = "another").Establish();
        Assert.Null(bad.Responder.Announced);
    }

    [Theory]
    [InlineData(UniquePolicy.Never, false)]
    [InlineData(UniquePolicy.No, true)]
    [InlineData(UniquePolicy.Replace, true)]
    public void The_unique_policy_decides_about_older_ike_sas(UniquePolicy policy, bool replaces)
    {
        Pair pair = new Pair(o => o.ResponderConnection = c => c with { Unique = policy }).Establish();
        Assert.Equal(replaces, pair.Responder.Announced!.ReplaceOthers);
    }

    [Fact]
    public void An_abandoned_ike_sa_says_nothing_and_leaves_nothing()
    {
        Pair pair = new Pair().Establish("net", "second");
        int sent = pair.Initiator.Sent.Count();
        pair.Tell(pair.Initiator, new Abandon(EndReason.Replaced));
        Assert.Equal(sent, pair.Initiator.Sent.Count());
        Assert.Equal(EndReason.Replaced, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void Closing_before_authentication_ends_at_once()
    {
        var pair = new Pair { Network = (packet, _) => packet.Octets[18] == (byte)ExchangeType.IkeSaInit ? packet : null };
        pair.Establish();
        pair.Tell(pair.Initiator, new Close(EndReason.DeletedByUs));
        Assert.Equal(EndReason.DeletedByUs, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void An_unknown_input_to_a_dead_ike_sa_does_nothing()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Initiator, new Abandon(EndReason.Replaced));
        Assert.Empty(pair.Initiator.Session.Handle(new TimerElapsed(new SessionTimer(TimerKind.Retransmit)), pair.Now));
    }
}
