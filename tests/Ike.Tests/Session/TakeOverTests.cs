using Concentrator.Ike.Configuration;
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
        pair.Tell(failing, new TakeOver(TimeSpan.FromSeconds(20)));
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
    public void A_child_that_came_over_is_rekeyed_within_the_time_but_not_before_the_others_have_been_heard()
    {
        Pair pair = Established(synchronizes: true);
        Assert.True(pair.Responder.Fail(pair.Now));
        pair.Tell(pair.Responder, new TakeOver(TimeSpan.FromSeconds(400)));
        pair.Advance(TimeSpan.FromSeconds(99));
        Assert.Empty(pair.Initiator.Events.OfType<ChildRekeyed>());
        pair.Advance(TimeSpan.FromSeconds(302));
        Assert.Single(pair.Initiator.Events.OfType<ChildRekeyed>());
    }

    [Fact]
    public void A_child_that_came_over_is_rekeyed_no_later_than_it_was_to_be()
    {
        Pair pair = new Pair(o =>
        {
            o.Persistent = o.Synchronizes = true;
            o.InitiatorChild = c => c with { Lifetime = new ChildLifetime { RekeyTime = default, LifeTime = default, RandTime = default } };
            o.ResponderChild = c => c with { Lifetime = new ChildLifetime { RekeyTime = TimeSpan.FromSeconds(100), LifeTime = TimeSpan.FromSeconds(130), RandTime = default } };
        }).Establish();
        pair.Advance(TimeSpan.FromSeconds(80));
        Assert.True(pair.Responder.Fail(pair.Now));
        pair.Tell(pair.Responder, new TakeOver(TimeSpan.FromSeconds(400)));
        pair.Advance(TimeSpan.FromSeconds(21));
        Assert.Single(pair.Initiator.Events.OfType<ChildRekeyed>());
    }

    /// <summary>What is stored of an initiator's first child is that it is about to be installed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_that_is_told_to_be_back_after_the_peer_has_answered_is_rekeyed_as_well(bool ofInitiator)
    {
        Pair pair = Established(synchronizes: true);
        (TestPeer failing, TestPeer other) = ofInitiator ? (pair.Initiator, pair.Responder) : (pair.Responder, pair.Initiator);
        Assert.True(failing.Fail(pair.Now));
        failing.Kernel.Hold = true;
        pair.Tell(failing, new TakeOver(TimeSpan.FromSeconds(20)));
        Assert.Contains(failing.Events.OfType<Remark>(), remark => remark.Text.Contains("has answered", StringComparison.Ordinal));
        failing.Kernel.Hold = false;
        failing.Release(pair.Now);
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains(other.Events.OfType<ChildRekeyed>(), rekeyed => rekeyed.ByPeer);
        Assert.Equal(pair.Initiator.Kernel.Children, pair.Responder.Kernel.Children);
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

    /// <summary>The message ids of a peer that knows RFC 6311 need no exact account, those of any other do.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Liveness_is_stored_only_for_peers_that_cannot_synchronize(bool synchronizes)
    {
        Pair pair = new Pair(o =>
        {
            (o.Persistent, o.Synchronizes) = (true, synchronizes);
            o.InitiatorConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(10), RekeyTime = TimeSpan.Zero };
            o.ResponderConnection = c => c with { RekeyTime = TimeSpan.Zero };
            o.InitiatorChild = o.ResponderChild = c => c with { Lifetime = new ChildLifetime { RekeyTime = TimeSpan.Zero, LifeTime = TimeSpan.Zero } };
        }).Establish();
        pair.Advance(TimeSpan.FromSeconds(15));
        (int initiators, int responders) = (pair.Initiator.Commits, pair.Responder.Commits);
        pair.Advance(TimeSpan.FromHours(1));
        Assert.InRange(pair.Initiator.Sent.Count(s => s.StartsWith("INFORMATIONAL request", StringComparison.Ordinal)), 300, 400);
        Assert.Equal(synchronizes, (initiators, responders) == (pair.Initiator.Commits, pair.Responder.Commits));

        // However many there were, whoever goes on begins beyond them.
        pair.Advance(TimeSpan.FromHours(5));
        Assert.True(pair.Initiator.Fail(pair.Now));
        pair.Tell(pair.Initiator, new TakeOver(TimeSpan.FromSeconds(20)));
        Assert.False(pair.Initiator.HasTimer(TimerKind.Synchronization));
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((IkeSaState.Established, IkeSaState.Established), (pair.Initiator.Session.State, pair.Responder.Session.State));
        Assert.Equal(pair.Initiator.Kernel.Children, pair.Responder.Kernel.Children);
    }

    /// <summary>strongSwan destroys an IKE SA with an AEAD that is asked for a second answer with message id 0, and says nothing; so nobody asks it, and every id is stored.</summary>
    [Theory]
    [InlineData("aes128gcm16-prfsha256-x25519", false)]
    [InlineData("aes128-sha256-x25519", true)]
    public void Only_where_the_cipher_is_no_aead_are_message_ids_agreed_upon_anew(string proposal, bool synchronizes)
    {
        Pair pair = new Pair(o =>
        {
            (o.Persistent, o.Synchronizes, o.KeepsIdsExactWithAead) = (true, true, true);
            o.InitiatorProposals = o.ResponderProposals = [proposal];
            o.ResponderConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(10) };
        }).Establish();
        for (int i = 0; i < 3; i++)
        {
            pair.Advance(TimeSpan.FromSeconds(35));
            Assert.True(pair.Responder.Fail(pair.Now));
            pair.Tell(pair.Responder, new TakeOver(TimeSpan.FromSeconds(20)));
            pair.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal((IkeSaState.Established, IkeSaState.Established), (pair.Initiator.Session.State, pair.Responder.Session.State));
            Assert.Equal(pair.Initiator.Kernel.Children, pair.Responder.Kernel.Children);
        }

        Assert.Equal(synchronizes ? 3 : 0, pair.Responder.Sent.Count(sent => sent == "INFORMATIONAL request 0 [ N(MSG_ID_SYN) ]"));
    }

    /// <summary>The response of IKE_AUTH was never sent: another takes its place, and the peer is up nowhere.</summary>
    [Fact]
    public void A_responder_that_cannot_be_stored_answers_with_an_error()
    {
        Pair pair = new(o => o.Persistent = true);
        pair.Responder.StoreIsDown = true;
        pair.Responder.Performed = effect =>
        {
            if (effect is Persist) throw new StoreFailed();
        };
        pair.Start();
        Assert.Throws<StoreFailed>(pair.Drive);
        pair.Responder.Performed = _ => { };
        Assert.Null(pair.Responder.Announced);
        pair.Tell(pair.Responder, new StoreLost());
        Assert.Contains("IKE_AUTH response 1 [ N(TEMP_FAIL) ]", pair.Responder.Sent);
        Assert.Equal(EndReason.RefusedByPeer, pair.Initiator.End);
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(EndReason.StoreUnavailable, pair.Responder.End);
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
        Assert.Equal(0, pair.Responder.Commits);
    }

    [Fact]
    public void An_initiator_that_cannot_be_stored_closes_what_its_peer_has()
    {
        Pair pair = Established(true);
        pair.Tell(pair.Initiator, new StoreLost());
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(EndReason.StoreUnavailable, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
    }

    [Fact]
    public void Who_was_fenced_goes_without_a_word()
    {
        Pair pair = Established(true);
        int sent = pair.Initiator.Sent.Count(), commits = pair.Initiator.Commits;
        pair.Tell(pair.Initiator, new Fenced());
        Assert.Equal(EndReason.TakenOver, pair.Initiator.End);
        Assert.Equal((sent, commits), (pair.Initiator.Sent.Count(), pair.Initiator.Commits));
        pair.Initiator.AssertNothingLeft();
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    [Fact]
    public void A_child_that_is_configured_no_more_is_closed_at_the_peer()
    {
        Pair pair = Established(true);
        using SessionState state = pair.Responder.Committed!;
        using SessionState renamed = state with { Children = [.. state.Children.Select(c => c with { Config = "gone" })] };
        pair.Responder.Crash();
        pair.Responder.Restore(renamed, pair.Now);
        pair.Tell(pair.Responder, new TakeOver(TimeSpan.FromSeconds(20)));
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(pair.Responder.Kernel.Installed);
        Assert.Empty(pair.Initiator.Kernel.Installed);
        Assert.Equal((IkeSaState.Established, IkeSaState.Established), (pair.Initiator.Session.State, pair.Responder.Session.State));
    }

    private sealed class StoreFailed : Exception;

    [Fact]
    public void A_connection_that_is_configured_no_more_is_not_restored()
    {
        Pair pair = Established(true);
        using SessionState state = pair.Responder.Session.Export(pair.Now)! with { Connection = "other" };
        Assert.Null(IkeSession.Restore(pair.Responder.Context, state, TimeSpan.Zero, 1, pair.Now, out string problem));
        Assert.Equal("connection 'other' is not configured any more", problem);
    }

    [Fact]
    public void What_no_session_can_have_been_is_not_restored()
    {
        Pair pair = Established(true);
        using SessionState state = pair.Responder.Session.Export(pair.Now)!;
        SessionState[] broken =
        [
            state with { Current = state.Current with { Suite = state.Current.Suite with { KeyLength = 256 } } },
            state with { Current = state.Current with { Suite = state.Current.Suite with { Encryption = Registries.EncryptionId.None } } },
            state with { Children = [.. state.Children, .. state.Children] },
        ];
        Assert.All(broken, bad =>
        {
            Assert.Null(IkeSession.Restore(pair.Responder.Context, bad, TimeSpan.Zero, 1, pair.Now, out string problem));
            Assert.NotEqual("", problem);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => IkeSession.Restore(pair.Responder.Context, state, TimeSpan.FromSeconds(-1), 1, pair.Now, out _));
    }

    private static Pair Established(bool synchronizes) => new Pair(o =>
    {
        o.Persistent = true;
        o.Synchronizes = synchronizes;
    }).Establish();
}
