using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// What may go wrong about a rekeying: another group is wanted, alone and in a collision (RFC 7296 §1.3, §2.8.1); limits are reached while the old child
/// waits for its Delete; the peer deletes the wrong one; an SA is gone (§2.25).
/// </summary>
public sealed class RekeyTroubleTests
{
    private bool _initiatorRefusesCurve, _responderRefusesCurve;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_group_for_a_child_costs_one_more_exchange(bool byInitiator)
    {
        Pair pair = Groups("aes128gcm16-x25519-ecp256", "aes128gcm16-ecp256");
        if (!byInitiator) pair = Groups("aes128gcm16-ecp256", "aes128gcm16-x25519-ecp256");
        (TestPeer asks, TestPeer answers) = RekeyTests.Sides(pair, byInitiator);
        pair.Tell(asks, new RekeyChild(1));
        Assert.Single(answers.Sent, s => s.EndsWith("[ N(INVAL_KE) ]", StringComparison.Ordinal));
        Assert.Equal(2, asks.Sent.Count(s => s.Contains("N(REKEY_SA)", StringComparison.Ordinal)));
        pair.Advance(TimeSpan.FromSeconds(6));
        RekeyTests.AssertOnePairEach(pair);
        Assert.Equal(KeyExchangeMethod.Ecp256, pair.Initiator.Kernel.Installed.Values.Single().Suite.KeyExchange);
    }

    /// <summary>Both ask with a group that the other does not take, and both ask anew, in every order.</summary>
    [Fact]
    public void Both_rekey_the_child_with_a_group_that_the_other_does_not_take()
    {
        int refused = 0;
        Exploration.All(exploration =>
        {
            Pair pair = Groups("aes128gcm16-x25519-ecp256", "aes128gcm16-ecp384-ecp256");
            Cross(pair, exploration, new RekeyChild(1), new RekeyChild(1));
            RekeyTests.AssertOnePairEach(pair);
            refused = Math.Max(refused, Refusals(pair.Initiator) + Refusals(pair.Responder));
        });
        Assert.Equal(2, refused);
    }

    /// <summary>One side's first request for the IKE SA names a group that the other does not take any more; meanwhile the other's own is on its way.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_rekey_the_ike_sa_and_one_has_to_ask_anew(bool initiatorRefuses)
    {
        int refused = 0;
        Exploration.All(exploration =>
        {
            _initiatorRefusesCurve = _responderRefusesCurve = false;
            Pair pair = Groups("aes128gcm16", "aes128gcm16");
            (_initiatorRefusesCurve, _responderRefusesCurve) = (initiatorRefuses, !initiatorRefuses);
            Cross(pair, exploration, new RekeyIkeSa(), new RekeyIkeSa());
            Assert.Equal((pair.Initiator.Session.LocalSpi, pair.Initiator.Session.RemoteSpi), (pair.Responder.Session.RemoteSpi, pair.Responder.Session.LocalSpi));
            Assert.Equal(KeyExchangeMethod.Ecp256, pair.Initiator.Session.Suite!.KeyExchange);
            RekeyTests.AssertOnePairEach(pair);
            refused = Math.Max(refused, Refusals(pair.Initiator) + Refusals(pair.Responder));
        });
        Assert.Equal(1, refused);
    }

    /// <summary>A soft limit of what the peer has rekeyed already starts nothing, before and after its Delete.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_answering_side_ignores_a_soft_limit_of_the_old_child(bool byInitiator)
    {
        Pair pair = new Pair().Establish();
        (TestPeer asks, TestPeer answers) = RekeyTests.Sides(pair, byInitiator);
        HoldDeletes(pair);
        pair.Tell(asks, new RekeyChild(1));
        pair.Tell(answers, new RekeyChild(1));
        pair.Network = (packet, _) => packet;
        pair.Advance(TimeSpan.FromSeconds(5));
        pair.Tell(answers, new RekeyChild(1));
        pair.Advance(TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(answers.Sent, s => s.StartsWith("CREATE_CHILD_SA request", StringComparison.Ordinal));
        RekeyTests.AssertOnePairEach(pair);
    }

    /// <summary>A hard limit of it ends it, and no more: the Deletes of both sides cross, and the new one carries on.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void The_old_child_may_reach_its_hard_limit_before_its_delete(bool byInitiator, bool atWhoAnswers)
    {
        Pair pair = new Pair().Establish();
        (TestPeer asks, TestPeer answers) = RekeyTests.Sides(pair, byInitiator);
        HoldDeletes(pair);
        pair.Tell(asks, new RekeyChild(1));
        pair.Tell(atWhoAnswers ? answers : asks, new ChildLost(1));
        pair.Network = (packet, _) => packet;
        pair.Advance(TimeSpan.FromSeconds(30));
        RekeyTests.AssertOnePairEach(pair);
        Assert.Single(asks.Sent, s => s.StartsWith("CREATE_CHILD_SA request", StringComparison.Ordinal));
        Assert.DoesNotContain(answers.Sent, s => s.StartsWith("CREATE_CHILD_SA request", StringComparison.Ordinal));
    }

    /// <summary>The peer deletes the new child instead of the old one: the old one carries on, and may be rekeyed again.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_deletes_the_wrong_child_is_left_with_the_old_one(bool byInitiator)
    {
        Pair pair = new Pair().Establish();
        (TestPeer asks, TestPeer answers) = RekeyTests.Sides(pair, byInitiator);
        asks.Kernel.RefuseInstall = NotifyType.NoProposalChosen;
        pair.Tell(asks, new RekeyChild(1));
        Assert.EndsWith("[ D ]", asks.Sent.Last());
        Assert.Equal([1u], answers.Kernel.Installed.Keys);
        Assert.True(answers.Kernel.SendsInto(asks.Kernel, "net"));
        asks.Kernel.RefuseInstall = null;
        pair.Advance(TimeSpan.FromSeconds(30));
        RekeyTests.AssertOnePairEach(pair);
        Assert.NotEqual([1u], answers.Kernel.Installed.Keys);
    }

    /// <summary>
    /// Who answers loses the old child before its Delete: the new one carries on. Or the new one, while the old one is being deleted: then there is none on
    /// either side, until who wanted it from the beginning has built it anew.
    /// </summary>
    [Theory]
    [InlineData(true, 1u)]
    [InlineData(true, 2u)]
    [InlineData(false, 1u)]
    [InlineData(false, 2u)]
    public void The_kernel_of_who_answers_loses_an_sa_in_the_middle(bool byInitiator, uint lost)
    {
        Pair pair = new Pair().Establish();
        (TestPeer asks, TestPeer answers) = RekeyTests.Sides(pair, byInitiator);
        HoldDeletes(pair);
        pair.Tell(asks, new RekeyChild(1));
        pair.Tell(answers, new ChildLost(lost));
        pair.Network = (packet, _) => packet;
        pair.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(pair.Initiator.Kernel.Children, pair.Responder.Kernel.Children);
        Assert.Equal(byInitiator && lost == 2 ? 0 : 1, pair.Initiator.Kernel.Installed.Count);
        Assert.Equal(IkeSaState.Established, answers.Session.State);
    }

    private Pair Groups(string initiators, string responders) => new Pair(o =>
    {
        o.InitiatorProposals = o.ResponderProposals = ["aes128gcm16-prfsha256-x25519-ecp256"];
        (o.InitiatorEsp, o.ResponderEsp) = ([initiators], [responders]);
        o.InitiatorSession = c => c with { IsUsableForIke = t => !(_initiatorRefusesCurve && IsCurve(t)) };
        o.ResponderSession = c => c with { IsUsableForIke = t => !(_responderRefusesCurve && IsCurve(t)) };
    }).Establish();

    private static bool IsCurve(Transform transform) => transform is { Type: TransformType.KeyExchangeMethod, Id: (ushort)KeyExchangeMethod.Curve25519 };

    private static void Cross(Pair pair, Exploration exploration, SessionInput initiators, SessionInput responders)
    {
        var wire = new Wire(pair);
        pair.Initiator.Handle(initiators, pair.Now);
        pair.Tell(pair.Responder, responders);
        while (wire.UnderWay.Count > 0)
        {
            int toResponder = wire.UnderWay.FindIndex(p => p.ToResponder), toInitiator = wire.UnderWay.FindIndex(p => !p.ToResponder);
            if (toResponder < 0 || toInitiator < 0) wire.Deliver(0);
            else wire.Deliver(exploration.Choose(2) == 0 ? toResponder : toInitiator);
        }

        wire.Calm();
    }

    private static int Refusals(TestPeer peer) => peer.Sent.Count(s => s.EndsWith("[ N(INVAL_KE) ]", StringComparison.Ordinal));

    private static void HoldDeletes(Pair pair) =>
        pair.Network = (packet, _) => packet.Octets[18] == (byte)ExchangeType.Informational ? null : packet;
}
