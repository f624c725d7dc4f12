using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Rekeying without a collision, by either side: make before break, by time and on command (RFC 7296 §1.3.2, §1.3.3, §2.8).</summary>
public sealed class RekeyTests
{
    public static TheoryData<bool, bool> SidesAndGroups => new() { { true, false }, { true, true }, { false, false }, { false, true } };

    [Theory]
    [MemberData(nameof(SidesAndGroups))]
    public void A_child_is_replaced_and_traffic_never_has_to_wait(bool byInitiator, bool pfs)
    {
        Pair pair = new Pair(o => o.InitiatorEsp = o.ResponderEsp = [pfs ? "aes128gcm16-x25519" : "aes128gcm16"]).Establish();
        (TestPeer asks, TestPeer answers) = Sides(pair, byInitiator);
        string ke = pfs ? " KE" : "";
        pair.Tell(asks, new RekeyChild(1));

        Assert.Equal($"[ N(REKEY_SA) SA No{ke} TSi TSr ]", Payloads(asks.Sent.SkipLast(1).Last()));
        Assert.EndsWith("[ D ]", asks.Sent.Last());
        Assert.Equal([false, true], asks.Kernel.Sending.OrderBy(s => s.Key).Select(s => s.Value));
        Assert.Equal([false, true], answers.Kernel.Sending.OrderBy(s => s.Key).Select(s => s.Value));
        SeedRowTests.AssertMirrored(Newest(pair.Initiator), Newest(pair.Responder));

        pair.Advance(TimeSpan.FromSeconds(6));
        AssertOnePairEach(pair);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_answering_side_sends_through_the_new_child_only_when_the_peer_is_known_to_have_it(bool byInitiator)
    {
        Pair pair = new Pair().Establish();
        (TestPeer asks, TestPeer answers) = Sides(pair, byInitiator);
        pair.Network = (packet, toResponder) => toResponder == byInitiator ? packet : null;
        pair.Tell(asks, new RekeyChild(1));

        // The answer is lost: both children can receive, the old one sends.
        Assert.Equal(2, answers.Kernel.Installed.Count);
        Assert.Equal([true, false], answers.Kernel.Sending.OrderBy(s => s.Key).Select(s => s.Value));
        pair.Network = (packet, _) => packet;
        pair.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([false, true], answers.Kernel.Sending.OrderBy(s => s.Key).Select(s => s.Value));
        pair.Advance(TimeSpan.FromSeconds(6));
        AssertOnePairEach(pair);
    }

    [Fact]
    public void A_peer_that_never_deletes_the_old_child_is_believed_to_be_ready_after_a_while()
    {
        Pair pair = new Pair(o => o.InitiatorSession = c => c with { Retransmit = new RetransmitPolicy(TimeSpan.FromHours(1), 1, 1) }).Establish();
        int answered = 0;
        pair.Network = (packet, toResponder) => toResponder && ++answered > 1 ? null : packet;
        pair.Tell(pair.Initiator, new RekeyChild(1));
        Assert.Equal([true, false], pair.Responder.Kernel.Sending.OrderBy(s => s.Key).Select(s => s.Value));
        pair.Advance(TimeSpan.FromSeconds(11));
        Assert.True(pair.Responder.Kernel.Sending[2]);
    }

    [Fact]
    public void Children_are_rekeyed_by_time_over_and_over_with_jitter()
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with
        {
            Lifetime = new ChildLifetime { RekeyTime = TimeSpan.FromSeconds(100), LifeTime = TimeSpan.FromSeconds(120), RandTime = TimeSpan.FromSeconds(20) },
        }).Establish();
        List<TimeSpan> moments = [];
        for (int second = 0; second < 2000; second++)
        {
            pair.Advance(TimeSpan.FromSeconds(1));
            int rekeys = pair.Initiator.Events.OfType<ChildRekeyed>().Count();
            while (moments.Count < rekeys) moments.Add(pair.Now);
            Assert.Contains(true, pair.Initiator.Kernel.Sending.Values);
            Assert.Contains(true, pair.Responder.Kernel.Sending.Values);
        }

        List<double> gaps = [.. moments.Zip(moments.Skip(1), (a, b) => (b - a).TotalSeconds)];
        Assert.InRange(moments.Count, 19, 26);
        Assert.All(gaps, gap => Assert.InRange(gap, 79, 101));
        Assert.True(gaps.Distinct().Count() > 3, "there is jitter");
        AssertOnePairEach(pair);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_ike_sa_has_new_spis_keys_and_message_ids_and_its_children_stay(bool byInitiator)
    {
        Pair pair = new Pair().Establish("net", "second");
        (TestPeer asks, TestPeer answers) = Sides(pair, byInitiator);
        ulong before = asks.Session.LocalSpi, peerBefore = answers.Session.LocalSpi;
        pair.Tell(asks, new RekeyIkeSa());

        Assert.Equal("[ SA No KE ]", Payloads(asks.Sent.SkipLast(1).Last()));
        Assert.EndsWith("[ D ]", asks.Sent.Last());
        Assert.Equal((before | 1, peerBefore | 1), (asks.Session.LocalSpi, answers.Session.LocalSpi));
        Assert.Equal(asks.Session.LocalSpi, answers.Session.RemoteSpi);
        Assert.Equal(answers.Session.LocalSpi, asks.Session.RemoteSpi);
        Assert.Equal(2, asks.Kernel.Installed.Count);
        Assert.Equal(2, answers.Kernel.Installed.Count);

        // The new IKE SA works, from both sides, its message ids begin anew, and its original initiator is who rekeyed it.
        pair.Tell(answers, new RekeyChild(1));
        Assert.StartsWith("CREATE_CHILD_SA request 0", answers.Sent.SkipLast(1).Last());
        pair.Tell(asks, new RekeyChild(2));
        Assert.StartsWith("CREATE_CHILD_SA request 0", asks.Sent.SkipLast(1).Last());
        pair.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(2, asks.Kernel.Installed.Count);
        Assert.Equal(2, answers.Kernel.Installed.Count);
        pair.Advance(TimeSpan.FromMinutes(2));
        pair.Tell(answers, new Close(EndReason.DeletedByUs));
        answers.AssertNothingLeft();
        pair.Advance(TimeSpan.FromSeconds(31));
        asks.AssertNothingLeft();
    }

    [Fact]
    public void The_generation_goes_round_after_256_rekeyings()
    {
        Pair pair = new Pair().Establish();
        ulong first = pair.Initiator.Session.LocalSpi;
        HashSet<ulong> seen = [];
        for (int i = 0; i < 300; i++)
        {
            pair.Tell(i % 3 == 0 ? pair.Responder : pair.Initiator, new RekeyIkeSa());
            Assert.Equal(first >> 8, pair.Initiator.Session.LocalSpi >> 8);
            seen.Add(pair.Initiator.Session.LocalSpi);
        }

        Assert.InRange(seen.Count, 250, 256);
        pair.Tell(pair.Responder, new RekeyChild(1));
        pair.Advance(TimeSpan.FromSeconds(6));
        AssertOnePairEach(pair);
    }

    [Fact]
    public void The_ike_sa_is_rekeyed_by_time_and_its_lifetime_begins_anew()
    {
        Pair pair = new Pair(o => o.ResponderConnection = c => c with
        {
            RekeyTime = TimeSpan.FromSeconds(100),
            RandTime = TimeSpan.FromSeconds(10),
            OverTime = TimeSpan.FromSeconds(10),
        }).Establish();
        pair.Advance(TimeSpan.FromSeconds(1000));
        Assert.InRange(pair.Responder.Events.OfType<IkeSaRekeyed>().Count(), 9, 11);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        AssertOnePairEach(pair);
    }

    [Fact]
    public void A_peer_that_refuses_for_a_while_is_asked_again_and_not_at_once()
    {
        Pair pair = new Pair(o => o.ResponderConnection = c => c with { Proposals = c.Proposals }).Establish();
        // The responder is busy with a child of its own, whose answer does not come.
        pair.Network = (packet, toResponder) => packet.Octets[18] == (byte)ExchangeType.CreateChildSa && toResponder && IsResponse(packet) ? null : packet;
        pair.Tell(pair.Responder, new RekeyChild(1));
        pair.Tell(pair.Initiator, new RekeyIkeSa());
        Assert.EndsWith("[ N(TEMP_FAIL) ]", pair.Responder.Sent.Last(s => s.StartsWith("CREATE_CHILD_SA response", StringComparison.Ordinal)));
        Assert.Empty(pair.Initiator.Events.OfType<IkeSaRekeyed>());
        pair.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Empty(pair.Initiator.Events.OfType<IkeSaRekeyed>());
        pair.Network = (packet, _) => packet;
        pair.Advance(TimeSpan.FromSeconds(20));
        Assert.Single(pair.Initiator.Events.OfType<IkeSaRekeyed>());
        Assert.Single(pair.Responder.Events.OfType<IkeSaRekeyed>());
    }

    [Fact]
    public void Another_group_for_the_ike_sa_costs_one_more_exchange()
    {
        bool curveIsGone = false;
        Pair pair = new Pair(o =>
        {
            o.InitiatorProposals = o.ResponderProposals = ["aes128gcm16-prfsha256-x25519-ecp256"];
            o.ResponderSession = c => c with { IsUsableForIke = t => !curveIsGone || t.Type != TransformType.KeyExchangeMethod || t.Id != (ushort)KeyExchangeMethod.Curve25519 };
        }).Establish();
        curveIsGone = true;
        pair.Tell(pair.Initiator, new RekeyIkeSa());
        Assert.Contains("CREATE_CHILD_SA response 2 [ N(INVAL_KE) ]", pair.Responder.Sent);
        Assert.Equal(KeyExchangeMethod.Ecp256, pair.Initiator.Session.Suite!.KeyExchange);
        Assert.Equal(KeyExchangeMethod.Ecp256, pair.Responder.Session.Suite!.KeyExchange);
        Assert.Single(pair.Initiator.Events.OfType<IkeSaRekeyed>());
    }

    [Fact]
    public void A_child_that_the_peer_does_not_know_any_more_goes_silently_and_a_new_one_comes()
    {
        Pair pair = new Pair().Establish();
        pair.Responder.Kernel.Remove(1);
        pair.Responder.Handle(new ChildRemoved(1), pair.Now);
        pair.Tell(pair.Initiator, new RekeyChild(1));
        Assert.Contains("CREATE_CHILD_SA response 2 [ N(NO_CHILD_SA) ]", pair.Responder.Sent);
        Assert.DoesNotContain(pair.Initiator.Sent, s => s.StartsWith("INFORMATIONAL", StringComparison.Ordinal));
        Assert.Equal([3u], pair.Initiator.Kernel.Installed.Keys);
        Assert.Single(pair.Responder.Kernel.Installed);
        SeedRowTests.AssertMirrored(Newest(pair.Initiator), Newest(pair.Responder));
    }

    [Fact]
    public void The_life_time_ends_a_child_that_could_not_be_rekeyed_and_a_new_one_comes()
    {
        Pair pair = new Pair(o => o.InitiatorChild = c => c with
        {
            Lifetime = new ChildLifetime { RekeyTime = TimeSpan.FromSeconds(100), LifeTime = TimeSpan.FromSeconds(120), RandTime = TimeSpan.Zero },
        }).Establish();
        pair.Responder.Kernel.RefuseInstall = NotifyType.TemporaryFailure;
        pair.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal([1u], pair.Initiator.Kernel.Installed.Keys);
        pair.Responder.Kernel.RefuseInstall = null;
        pair.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.NotEqual([1u], pair.Initiator.Kernel.Installed.Keys);
        AssertOnePairEach(pair);
    }

    [Fact]
    public void A_peer_that_cannot_rekey_gets_a_new_ike_sa_instead()
    {
        Pair pair = new Pair(o => o.ResponderSession = c => c with { ChildLimit = 1 }).Establish();
        pair.Tell(pair.Initiator, new RekeyChild(1));
        // A limit of ours is no inability: the peer may come again.
        Assert.EndsWith("[ N(TEMP_FAIL) ]", pair.Responder.Sent.Last());
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Fact]
    public void A_close_in_the_middle_of_an_ike_rekeying_ends_both_ike_sas()
    {
        Pair pair = new Pair().Establish();
        pair.Initiator.Handle(new RekeyIkeSa(), pair.Now);
        pair.Initiator.Handle(new Close(EndReason.DeletedByUs), pair.Now);
        pair.Drive();
        Assert.Equal(EndReason.DeletedByUs, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
        pair.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(EndReason.DeletedByPeer, pair.Responder.End);
        pair.Responder.AssertNothingLeft();
    }

    internal static (TestPeer Asks, TestPeer Answers) Sides(Pair pair, bool byInitiator) =>
        byInitiator ? (pair.Initiator, pair.Responder) : (pair.Responder, pair.Initiator);

    internal static void AssertOnePairEach(Pair pair)
    {
        ChildSaParameters ours = Assert.Single(pair.Initiator.Kernel.Installed).Value, theirs = Assert.Single(pair.Responder.Kernel.Installed).Value;
        Assert.Equal([true], pair.Initiator.Kernel.Sending.Values);
        Assert.Equal([true], pair.Responder.Kernel.Sending.Values);
        Assert.Single(pair.Initiator.Children);
        Assert.Single(pair.Responder.Children);
        Assert.True(ours.Keys.EncryptionInitiator.Span.SequenceEqual(theirs.Keys.EncryptionInitiator.Span), "both ends have the same child");
        Assert.NotEqual(ours.KeysAreInitiators, theirs.KeysAreInitiators);
    }

    private static ChildSaParameters Newest(TestPeer peer) => peer.Kernel.Installed.MaxBy(i => i.Key).Value;

    private static string Payloads(string summary) => summary[summary.IndexOf('[', StringComparison.Ordinal)..];

    private static bool IsResponse(Packet packet) => (packet.Octets[19] & 0x20) != 0;
}
