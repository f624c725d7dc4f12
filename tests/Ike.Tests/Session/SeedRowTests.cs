using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>The rows S1 to S6: what happens on the wire and in both IKE SAs when a kernel, a key or a forger spoils things.</summary>
public sealed class SeedRowTests
{
    [Fact]
    public void S1_four_messages_and_both_children_installed()
    {
        Pair pair = new Pair().Establish();

        // I → R  IKE_SA_INIT request    R → I  IKE_SA_INIT response
        // I → R  IKE_AUTH request       R → I  IKE_AUTH response
        Assert.Equal(4, pair.Wire.Count);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        ChildSaParameters ours = Assert.Single(pair.Initiator.Kernel.Installed.Values);
        ChildSaParameters theirs = Assert.Single(pair.Responder.Kernel.Installed.Values);
        AssertMirrored(ours, theirs);
    }

    [Fact]
    public void S2_initiators_kernel_refuses_then_a_delete_of_its_own_and_the_ike_sa_stays()
    {
        var pair = new Pair();
        pair.Initiator.Kernel.RefuseInstall = NotifyType.NoProposalChosen;
        pair.Establish();

        Assert.Equal(
            ["IKE_SA_INIT request 0", "IKE_AUTH request 1", "INFORMATIONAL request 2 [ D ]"],
            pair.Initiator.Sent.Select(Short));
        Assert.Equal("INFORMATIONAL response 2 [ D ]", pair.Responder.Sent.Last());
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Empty(pair.Initiator.Children);
        Assert.Empty(pair.Responder.Children);
        Assert.Empty(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void S2_the_refused_child_is_tried_again_with_back_off_and_jitter_one_attempt_at_a_time()
    {
        var pair = new Pair();
        pair.Initiator.Kernel.RefuseInstall = NotifyType.NoProposalChosen;
        pair.Establish();
        List<TimeSpan> attempts = [];
        int seen = pair.Initiator.Kernel.InstallAttempts;
        for (int second = 0; second < 2000; second++)
        {
            pair.Advance(TimeSpan.FromSeconds(1));
            Assert.True(pair.Initiator.Children.Count <= 1);
            if (pair.Initiator.Kernel.InstallAttempts == seen) continue;
            Assert.Equal(seen + 1, pair.Initiator.Kernel.InstallAttempts);
            seen = pair.Initiator.Kernel.InstallAttempts;
            attempts.Add(pair.Now);
        }

        Assert.InRange(attempts[0].TotalSeconds, 0.8, 2.2);
        List<double> gaps = [.. attempts.Zip(attempts.Skip(1), (a, b) => (b - a).TotalSeconds)];
        Assert.True(gaps[^1] <= 301, "the back-off is bounded at five minutes");
        Assert.True(gaps[^1] >= 195, "the back-off grows");
        Assert.True(gaps[2] > gaps[0]);

        pair.Initiator.Kernel.RefuseInstall = null;
        pair.Advance(TimeSpan.FromSeconds(301));
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void S2_after_a_permanent_refusal_the_child_waits_for_the_kernel()
    {
        var pair = new Pair();
        pair.Initiator.Kernel.RefuseInstall = NotifyType.NoProposalChosen;
        pair.Initiator.Kernel.Advice = RetryAdvice.WhenKernelRecovers;
        pair.Establish();
        pair.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, pair.Initiator.Kernel.InstallAttempts);

        pair.Initiator.Kernel.RefuseInstall = null;
        pair.Tell(pair.Initiator, new KernelRecovered());
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void S3_responders_kernel_refuses_then_a_notify_beside_idr_and_auth()
    {
        var pair = new Pair();
        pair.Responder.Kernel.RefuseInstall = NotifyType.NoProposalChosen;
        pair.Establish();

        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH N(NO_PROP) ]", pair.Responder.Sent.Last());
        Assert.Equal(4, pair.Wire.Count);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Empty(pair.Initiator.Children);
        Assert.Empty(pair.Initiator.Kernel.Reserved);
        Assert.Contains(pair.Initiator.Events, e => e is ChildFailed { ByPeer: true, Notify: NotifyType.NoProposalChosen });

        pair.Responder.Kernel.RefuseInstall = null;
        pair.Advance(TimeSpan.FromSeconds(3));
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void S4_wrong_key_a_lone_authentication_failed_and_both_forget()
    {
        Pair pair = new Pair(o =>
        {
            o.ResponderKey = "battery staple";
            o.InitiatorProposals = o.ResponderProposals = ["aes256-sha256-modp2048"];
        }).Establish();

        Assert.Equal("IKE_AUTH response 1 [ N(AUTH_FAILED) ]", pair.Responder.Sent.Last());
        Assert.Equal(80, pair.Wire.Last().Octets.Length);
        Assert.Equal(EndReason.AuthenticationFailed, pair.Initiator.End);
        Assert.Equal(IkeSaState.Destroyed, pair.Initiator.Session.State);
        pair.Initiator.AssertNothingLeft();

        // The responder repeats its answer for a while, then it is gone.
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
        pair.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(EndReason.PeerNotAuthenticated, pair.Responder.End);
        pair.Responder.AssertNothingLeft();
    }

    [Fact]
    public void S4_the_initiator_tells_a_responder_that_it_cannot_authenticate()
    {
        Pair pair = new Pair(o => o.ExpectedResponderId = "somebody.else").Establish();

        Assert.Equal("INFORMATIONAL request 2 [ N(AUTH_FAILED) ]", pair.Initiator.Sent.Last());
        Assert.Equal(EndReason.PeerNotAuthenticated, pair.Initiator.End);
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
        Assert.Empty(pair.Responder.Kernel.Installed);
        pair.Initiator.AssertNothingLeft();
    }

    [Theory]
    [InlineData(NotifyType.NoProposalChosen)]
    [InlineData(NotifyType.AuthenticationFailed)]
    [InlineData(NotifyType.InvalidMajorVersion)]
    [InlineData(NotifyType.InvalidSyntax)]
    public void S5_a_forged_error_in_ike_sa_init_changes_nothing(NotifyType forged)
    {
        var pair = new Pair();
        pair.Start();
        pair.Inject(pair.Initiator, Forgery.InitError(Pair.InitiatorSpi, forged));
        pair.Drive();

        Assert.Contains(DropReason.UnauthenticatedError, pair.Initiator.Drops);
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void S5_a_forged_error_in_ike_auth_changes_nothing()
    {
        var pair = new Pair();
        pair.Network = (packet, toResponder) =>
        {
            if (!toResponder && packet.Octets[18] == (byte)ExchangeType.IkeAuth)
                pair.Inject(pair.Initiator, Forgery.UnprotectedError(Pair.InitiatorSpi, Pair.ResponderSpi, ExchangeType.IkeAuth, 1, NotifyType.AuthenticationFailed));
            return packet;
        };
        pair.Establish();

        Assert.Contains(DropReason.UnauthenticatedError, pair.Initiator.Drops);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void S5_a_recorded_error_is_told_when_the_retransmissions_are_spent()
    {
        var pair = new Pair { Network = (_, _) => null };
        pair.Start();
        pair.Inject(pair.Initiator, Forgery.InitError(Pair.InitiatorSpi, NotifyType.NoProposalChosen));
        Assert.Equal(IkeSaState.InitRequested, pair.Initiator.Session.State);
        pair.Advance(TimeSpan.FromSeconds(200));

        Assert.Equal(EndReason.PeerUnreachable, pair.Initiator.End);
        Assert.Contains(pair.Initiator.Events, e => e is Remark { Text: var text } && text.Contains("NO_PROPOSAL_CHOSEN"));
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void S6_responders_kernel_refuses_a_further_child_with_a_lone_notify()
    {
        var pair = new Pair();
        pair.Establish();
        pair.Responder.Kernel.RefuseInstall = NotifyType.TemporaryFailure;
        pair.Tell(pair.Initiator, new InitiateChild("second"));

        Assert.Equal("CREATE_CHILD_SA response 2 [ N(TEMP_FAIL) ]", pair.Responder.Sent.Last());
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Single(pair.Responder.Kernel.Installed);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Fact]
    public void S6_initiators_kernel_refuses_a_further_child_then_a_delete_of_its_own()
    {
        var pair = new Pair();
        pair.Establish();
        pair.Initiator.Kernel.RefuseInstall = NotifyType.NoProposalChosen;
        pair.Tell(pair.Initiator, new InitiateChild("second"));

        Assert.Equal("INFORMATIONAL request 3 [ D ]", pair.Initiator.Sent.Last());
        Assert.Equal("INFORMATIONAL response 3 [ D ]", pair.Responder.Sent.Last());
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    /// <summary>What one end sends with, the other receives with.</summary>
    internal static void AssertMirrored(ChildSaParameters initiators, ChildSaParameters responders)
    {
        ChildKeys a = initiators.Keys, b = responders.Keys;
        Assert.True(a.EncryptionInitiator.FixedTimeEquals(b.EncryptionInitiator.Span));
        Assert.True(a.EncryptionResponder.FixedTimeEquals(b.EncryptionResponder.Span));
        Assert.False(a.EncryptionInitiator.FixedTimeEquals(a.EncryptionResponder.Span));
        Assert.NotEqual(initiators.KeysAreInitiators, responders.KeysAreInitiators);
        Assert.Equal(initiators.Local, responders.Remote);
        Assert.Equal(initiators.Remote, responders.Local);
        Assert.Equal(initiators.Suite with { KeyExchange = responders.Suite.KeyExchange }, responders.Suite);
        Assert.NotEqual(0u, initiators.PeerSpi);
    }

    private static string Short(string summary) => summary.Contains("INFORMATIONAL") ? summary : summary[..summary.IndexOf(" [", StringComparison.Ordinal)];
}
