using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// Two exchanges at once (RFC 7296 §2.8.1, §2.8.2, §2.25.1, §2.25.2): every row, with nonces that the test chooses. Whatever crosses, both ends rest with
/// the same SAs, one pair each, and nothing is left over.
/// </summary>
public sealed class CollisionTests
{
    private static readonly byte[] High = [0x80, 0x90, 0xa0, 0xb0];

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 20).Select(seed => (ulong)seed)];

    private static readonly RetransmitPolicy Patient = new(TimeSpan.FromSeconds(2), 1.2, 15);

    private readonly SteeredRandom _initiators = new(1), _responders = new(2);
    private readonly Pair _pair;

    public CollisionTests() => _pair = new Pair(o =>
    {
        // The keys of this group are longer than a nonce.
        o.InitiatorProposals = o.ResponderProposals = ["aes128gcm16-prfsha256-ecp384"];
        o.InitiatorSession = c => c with { Random = _initiators, Retransmit = Patient };
        o.ResponderSession = c => c with { Random = _responders, Retransmit = Patient };
    }).Establish();

    /// <summary>Which of the four nonces is the lowest: Ni or Nr of the initiator's exchange, Ni or Nr of the responder's.</summary>
    public static TheoryData<int> Lowest => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Lowest))]
    public void Both_rekey_the_child_and_the_one_with_the_lowest_nonce_goes(int lowest)
    {
        Steer(lowest);
        bool initiatorsLoses = lowest < 2;
        _pair.Initiator.Handle(new RekeyChild(1), _pair.Now);
        _pair.Responder.Handle(new RekeyChild(1), _pair.Now);
        AssertBothAlwaysSend();
        _pair.Advance(TimeSpan.FromSeconds(6));

        RekeyTests.AssertOnePairEach(_pair);
        // Who won deletes the old child, who lost deletes its own new one: one Delete each.
        Assert.Single(Deletes(_pair.Initiator));
        Assert.Single(Deletes(_pair.Responder));
        ChildPlan survivor = Assert.Single(_pair.Initiator.Children);
        Assert.Equal(!initiatorsLoses, survivor.IsInitiator);
        Assert.Equal(1u, survivor.RekeyOf);
        AssertWorks();
    }

    [Theory]
    [MemberData(nameof(Lowest))]
    public void Both_rekey_the_ike_sa_and_the_one_with_the_lowest_nonce_goes(int lowest)
    {
        Steer(lowest);
        bool initiatorsLoses = lowest < 2;
        _pair.Initiator.Handle(new RekeyIkeSa(), _pair.Now);
        _pair.Responder.Handle(new RekeyIkeSa(), _pair.Now);
        _pair.Drive();

        Assert.Single(_pair.Initiator.Events.OfType<IkeSaRekeyed>());
        Assert.Single(_pair.Responder.Events.OfType<IkeSaRekeyed>());
        AssertSameIkeSa();
        Assert.Single(Deletes(_pair.Initiator));
        Assert.Single(Deletes(_pair.Responder));
        // Our own generation is 1, the one that answers the peer's is 2.
        Assert.Equal(initiatorsLoses ? 2 : 1, (int)(byte)_pair.Initiator.Session.LocalSpi);
        AssertWorks();
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    public void A_lost_answer_in_a_collision_of_children_changes_nothing_in_the_end(bool toInitiator, int lowest)
    {
        Steer(lowest);
        LoseOnce(packet => IsResponse(packet) && Exchange(packet) == ExchangeType.CreateChildSa, toResponder: !toInitiator);
        _pair.Initiator.Handle(new RekeyChild(1), _pair.Now);
        _pair.Responder.Handle(new RekeyChild(1), _pair.Now);
        AssertBothAlwaysSend();
        _pair.Advance(TimeSpan.FromSeconds(20));
        RekeyTests.AssertOnePairEach(_pair);
        AssertWorks();
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    public void A_lost_answer_in_a_collision_of_ike_sas_changes_nothing_in_the_end(bool toInitiator, int lowest)
    {
        Steer(lowest);
        LoseOnce(packet => IsResponse(packet) && Exchange(packet) == ExchangeType.CreateChildSa, toResponder: !toInitiator);
        _pair.Initiator.Handle(new RekeyIkeSa(), _pair.Now);
        _pair.Responder.Handle(new RekeyIkeSa(), _pair.Now);
        _pair.Drive();
        _pair.Advance(TimeSpan.FromSeconds(20));
        AssertSameIkeSa();
        AssertWorks();
    }

    /// <summary>RFC 7296 §2.8.1: the delayed request meets a peer that has finished and closes the old child.</summary>
    [Fact]
    public void A_delayed_request_meets_a_peer_that_is_done_and_is_put_off()
    {
        _pair.Initiator.Handle(new RekeyChild(1), _pair.Now);
        Packet delayed = _pair.Initiator.Outbox.Dequeue();
        _pair.Network = (packet, toResponder) => toResponder && IsResponse(packet) && Exchange(packet) == ExchangeType.Informational ? null : packet;
        _pair.Tell(_pair.Responder, new RekeyChild(1));
        _pair.Inject(_pair.Responder, delayed.Octets);
        Assert.Contains("[ N(TEMP_FAIL) ]", _pair.Responder.Sent.Last(), StringComparison.Ordinal);
        _pair.Network = (packet, _) => packet;
        _pair.Drive();
        _pair.Advance(TimeSpan.FromSeconds(20));
        RekeyTests.AssertOnePairEach(_pair);
        AssertWorks();
    }

    /// <summary>RFC 7296 §2.25.1: close a child that the other side is rekeying: answered with a Delete; the rekeying meets CHILD_SA_NOT_FOUND.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_is_closed_while_the_other_side_rekeys_it(bool initiatorRekeys)
    {
        (TestPeer rekeys, TestPeer closes) = RekeyTests.Sides(_pair, initiatorRekeys);
        rekeys.Handle(new RekeyChild(1), _pair.Now);
        Packet request = rekeys.Outbox.Dequeue();
        _pair.Tell(closes, new CloseChild(1));
        Assert.EndsWith("[ D ]", rekeys.Sent.Last());
        _pair.Inject(closes, request.Octets);
        Assert.Contains("[ N(NO_CHILD_SA) ]", closes.Sent.Last(), StringComparison.Ordinal);
        _pair.Drive();
        _pair.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_pair.Initiator.Children);
        Assert.Empty(_pair.Responder.Children);
        Assert.Equal(IkeSaState.Established, rekeys.Session.State);
    }

    /// <summary>RFC 7296 §2.25.1: a request to rekey what is being closed is put off.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_is_rekeyed_while_the_other_side_closes_it(bool initiatorRekeys)
    {
        (TestPeer rekeys, TestPeer closes) = RekeyTests.Sides(_pair, initiatorRekeys);
        rekeys.Handle(new RekeyChild(1), _pair.Now);
        closes.Handle(new CloseChild(1), _pair.Now);
        _pair.Drive();
        Assert.Contains(closes.Sent, s => s.EndsWith("[ N(TEMP_FAIL) ]", StringComparison.Ordinal));
        _pair.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_pair.Initiator.Kernel.Installed);
        Assert.Empty(_pair.Responder.Kernel.Installed);
        Assert.Empty(_pair.Initiator.Children);
    }

    /// <summary>RFC 7296 §2.25.1: the IKE SA is not rekeyed under an exchange about a child, whichever it is.</summary>
    [Theory]
    [InlineData("create")]
    [InlineData("rekey")]
    [InlineData("close")]
    public void An_ike_rekeying_is_put_off_while_the_other_side_is_busy_with_a_child(string what)
    {
        SessionInput input = what switch { "create" => new InitiateChild("second"), "rekey" => new RekeyChild(1), _ => new CloseChild(1) };
        _pair.Initiator.Handle(input, _pair.Now);
        _pair.Responder.Handle(new RekeyIkeSa(), _pair.Now);
        _pair.Drive();
        Assert.Contains(_pair.Initiator.Sent, s => s.EndsWith("[ N(TEMP_FAIL) ]", StringComparison.Ordinal));
        _pair.Advance(TimeSpan.FromSeconds(30));
        Assert.Single(_pair.Responder.Events.OfType<IkeSaRekeyed>());
        AssertSameIkeSa();
        Assert.Equal(_pair.Initiator.Kernel.Installed.Count, _pair.Responder.Kernel.Installed.Count);
        Assert.Equal(what switch { "create" => 2, "rekey" => 1, _ => 0 }, _pair.Initiator.Kernel.Installed.Count);
    }

    /// <summary>RFC 7296 §2.25.2: no new child while the IKE SA is being rekeyed; it comes later.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_child_is_put_off_while_the_other_side_rekeys_the_ike_sa(bool rekey)
    {
        _pair.Initiator.Handle(new RekeyIkeSa(), _pair.Now);
        Packet request = _pair.Initiator.Outbox.Dequeue();
        _pair.Tell(_pair.Responder, rekey ? new RekeyChild(1) : new InitiateChild("second"));
        Assert.Contains(_pair.Initiator.Sent, s => s.EndsWith("[ N(TEMP_FAIL) ]", StringComparison.Ordinal));
        _pair.Inject(_pair.Responder, request.Octets);
        _pair.Drive();
        _pair.Advance(TimeSpan.FromSeconds(30));
        AssertSameIkeSa();
        Assert.Equal(rekey ? 1 : 2, _pair.Initiator.Kernel.Installed.Count);
        Assert.Equal(rekey ? 1 : 2, _pair.Responder.Kernel.Installed.Count);
    }

    /// <summary>RFC 7296 §2.25.2: a Delete of a child is answered as ever while the IKE SA is being rekeyed.</summary>
    [Fact]
    public void A_child_is_closed_while_the_other_side_rekeys_the_ike_sa()
    {
        _pair.Initiator.Handle(new RekeyIkeSa(), _pair.Now);
        Packet request = _pair.Initiator.Outbox.Dequeue();
        _pair.Tell(_pair.Responder, new CloseChild(1));
        Assert.EndsWith("[ D ]", _pair.Initiator.Sent.Last());
        _pair.Inject(_pair.Responder, request.Octets);
        _pair.Drive();
        AssertSameIkeSa();
        Assert.Empty(_pair.Initiator.Children);
        Assert.Empty(_pair.Responder.Children);
    }

    /// <summary>RFC 7296 §2.25.2: rekeying what is being closed is put off, and closing what is being rekeyed is answered and the rekeying forgotten.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_ike_sa_is_closed_while_the_other_side_rekeys_it(bool initiatorRekeys)
    {
        (TestPeer rekeys, TestPeer closes) = RekeyTests.Sides(_pair, initiatorRekeys);
        rekeys.Handle(new RekeyIkeSa(), _pair.Now);
        closes.Handle(new Close(EndReason.DeletedByUs), _pair.Now);
        _pair.Drive();
        _pair.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(EndReason.DeletedByUs, closes.End);
        Assert.Equal(EndReason.DeletedByPeer, rekeys.End);
        closes.AssertNothingLeft();
        rekeys.AssertNothingLeft();
    }

    /// <summary>RFC 7296 §2.8.2: the request of the slower one never arrives; the Delete of the old IKE SA makes it forget it.</summary>
    [Fact]
    public void A_delete_of_the_old_ike_sa_makes_our_own_rekeying_forgotten()
    {
        _pair.Network = (packet, toResponder) => toResponder && !IsResponse(packet) && Exchange(packet) == ExchangeType.CreateChildSa ? null : packet;
        _pair.Initiator.Handle(new RekeyIkeSa(), _pair.Now);
        _pair.Responder.Handle(new RekeyIkeSa(), _pair.Now);
        _pair.Drive();
        AssertSameIkeSa();
        Assert.False(_pair.Initiator.HasTimer(TimerKind.Retransmit));
        _pair.Network = (packet, _) => packet;
        AssertWorks();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_mixture_under_any_loss_comes_to_rest_with_the_same_sas(ulong seed)
    {
        SeededRandom draw = new(seed);
        _pair.Network = (packet, _) => draw.Octets(1)[0] < 60 ? null : packet;
        for (int round = 0; round < 150; round++)
        {
            foreach (TestPeer peer in new[] { _pair.Initiator, _pair.Responder })
            {
                uint newest = peer.Children.Select(c => c.ChildId).DefaultIfEmpty().Max();
                SessionInput? input = (draw.Octets(1)[0] % 4) switch { 0 => new RekeyChild(newest), 1 => new RekeyIkeSa(), 2 => new InitiateChild("net"), _ => null };
                if (input is not null) peer.Handle(input, _pair.Now);
            }

            _pair.Advance(TimeSpan.FromSeconds(draw.Octets(1)[0] % 12));
            Assert.Equal(IkeSaState.Established, _pair.Initiator.Session.State);
        }

        _pair.Network = (packet, _) => packet;
        _pair.Advance(TimeSpan.FromMinutes(15));
        AssertSameIkeSa();
        Assert.Equal(_pair.Initiator.Kernel.Installed.Count, _pair.Responder.Kernel.Installed.Count);
        Assert.InRange(_pair.Initiator.Kernel.Installed.Count, 1, 2);
        AssertWorks();
    }

    /// <summary>The four nonces are drawn in this order: Ni and Ni when both ask, then each end's Nr for the other.</summary>
    private void Steer(int lowest)
    {
        byte[] first = [.. High];
        first[lowest] = 0x01;
        _initiators.First.Enqueue(first[0]);
        _initiators.First.Enqueue(first[3]);
        _responders.First.Enqueue(first[2]);
        _responders.First.Enqueue(first[1]);
    }

    private void AssertBothAlwaysSend()
    {
        Func<Packet, bool, Packet?> network = _pair.Network;
        _pair.Network = (packet, toResponder) =>
        {
            Assert.Contains(true, _pair.Initiator.Kernel.Sending.Values);
            Assert.Contains(true, _pair.Responder.Kernel.Sending.Values);
            return network(packet, toResponder);
        };
        _pair.Drive();
    }

    private void LoseOnce(Func<Packet, bool> which, bool toResponder)
    {
        bool lost = false;
        _pair.Network = (packet, direction) =>
        {
            if (lost || direction != toResponder || !which(packet)) return packet;
            lost = true;
            return null;
        };
    }

    private void AssertSameIkeSa()
    {
        Assert.Equal(_pair.Initiator.Session.LocalSpi, _pair.Responder.Session.RemoteSpi);
        Assert.Equal(_pair.Responder.Session.LocalSpi, _pair.Initiator.Session.RemoteSpi);
    }

    /// <summary>Both sides can still have an exchange, and at the end nothing is left.</summary>
    private void AssertWorks()
    {
        _pair.Network = (packet, _) => packet;
        foreach (TestPeer peer in new[] { _pair.Initiator, _pair.Responder })
        {
            int before = peer.Events.OfType<IkeSaRekeyed>().Count();
            _pair.Tell(peer, new RekeyIkeSa());
            Assert.Equal(before + 1, peer.Events.OfType<IkeSaRekeyed>().Count());
        }

        _pair.Tell(_pair.Initiator, new Close(EndReason.DeletedByUs));
        _pair.Advance(TimeSpan.FromMinutes(2));
        _pair.Initiator.AssertNothingLeft();
        _pair.Responder.AssertNothingLeft();
    }

    private static IEnumerable<string> Deletes(TestPeer peer) => peer.Sent.Where(s => s.StartsWith("INFORMATIONAL request", StringComparison.Ordinal) && s.EndsWith("[ D ]", StringComparison.Ordinal));

    private static bool IsResponse(Packet packet) => (packet.Octets[19] & 0x20) != 0;

    private static ExchangeType Exchange(Packet packet) => (ExchangeType)packet.Octets[18];
}
