using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;

namespace Concentrator.Ike.Tests.Session;

/// <summary>A session goes on at another node: exported, restored, taken over, and the peer has not authenticated again.</summary>
public sealed class TakeOverTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void An_idle_ike_sa_goes_on_with_its_children(bool ofInitiator, bool synchronizes)
    {
        Pair pair = Established(synchronizes);
        TestPeer failing = ofInitiator ? pair.Initiator : pair.Responder;
        TestPeer other = ofInitiator ? pair.Responder : pair.Initiator;
        ulong spi = failing.Session.LocalSpi;

        Assert.True(failing.Fail(pair.Now));
        pair.Tell(failing, new TakeOver());
        pair.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(spi, failing.Session.LocalSpi);
        Assert.Equal((IkeSaState.Established, IkeSaState.Established), (failing.Session.State, other.Session.State));
        Assert.Single(failing.Kernel.Installed);
        Assert.Equal(pair.Initiator.Kernel.Children, pair.Responder.Kernel.Children);
        // The child that came over has been replaced by one with fresh keys.
        Assert.Contains(other.Events.OfType<ChildRekeyed>(), r => r.ByPeer);
        Assert.Equal(synchronizes, failing.Sent.Any(s => s.Contains("N(MSG_ID_SYN)", StringComparison.Ordinal)));

        pair.Tell(other, new Close(EndReason.DeletedByUs));
        pair.Advance(TimeSpan.FromMinutes(1));
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
        Assert.Null(failing.Committed);
    }

    [Fact]
    public void Before_the_peer_is_authenticated_there_is_nothing_to_store()
    {
        Pair pair = new(o => o.Persistent = true);
        pair.Start();
        pair.Network = (packet, _) =>
        {
            Assert.True(pair.Responder.Commits == 0 || pair.Responder.Session.State == IkeSaState.Established);
            return packet;
        };
        Assert.Null(pair.Initiator.Session.Export(pair.Now));
        pair.Drive();
        Assert.Equal((1, 1), (pair.Initiator.Commits, pair.Responder.Commits));
    }

    [Fact]
    public void A_connection_that_is_configured_no_more_is_not_restored()
    {
        Pair pair = Established(true);
        using SessionState state = pair.Responder.Session.Export(pair.Now)! with { Connection = "other" };
        Assert.Null(IkeSession.Restore(pair.Responder.Context, state, TimeSpan.Zero, 1, pair.Now, out string problem));
        Assert.Equal("connection 'other' is not configured any more", problem);
    }

    private static Pair Established(bool synchronizes) => new Pair(o =>
    {
        o.Persistent = true;
        o.Synchronizes = synchronizes;
    }).Establish();
}
