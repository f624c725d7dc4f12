using System.Buffers.Binary;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>RFC 6311 against a peer that says anything: as the peer of a cluster, and as the member of one that goes on.</summary>
public sealed class SynchronizationTests
{
    private static readonly byte[] Nonce = [1, 2, 3, 4];

    [Fact]
    public void Both_sides_say_in_ike_auth_that_they_know_it()
    {
        Pair pair = new Pair(o => o.Synchronizes = true).Establish();
        Assert.Contains(pair.Initiator.Sent, s => s.StartsWith("IKE_AUTH request", StringComparison.Ordinal) && s.Contains("N(MSG_ID_SYN_SUP)", StringComparison.Ordinal));
        Assert.Contains(pair.Responder.Sent, s => s.StartsWith("IKE_AUTH response", StringComparison.Ordinal) && s.Contains("N(MSG_ID_SYN_SUP)", StringComparison.Ordinal));
    }

    [Fact]
    public void A_responder_says_so_only_to_one_that_did()
    {
        Pair pair = new Pair(o =>
        {
            o.Synchronizes = true;
            o.InitiatorSession = c => c with { SynchronizesMessageIds = false };
        }).Establish();
        Assert.DoesNotContain(pair.Responder.Sent, s => s.Contains("MSG_ID_SYN", StringComparison.Ordinal));
    }

    // RFC 6311 §5.1
    [Fact]
    public void The_peer_of_a_cluster_goes_on_where_the_member_says()
    {
        Pair pair = New();
        using HandmadeResponder cluster = Established(pair);
        IkeMessage answer = Synchronize(cluster, 40, 2)!;
        Assert.Equal((0u, ExchangeType.Informational, true), (answer.Header.MessageId, answer.Header.Exchange, answer.Header.IsResponse));
        Assert.Equal((Convert.ToHexString(Nonce), 2u, 40u), Read(answer));

        cluster.NextId = 1;
        Assert.Null(cluster.Send(ExchangeType.Informational));
        cluster.NextId = 40;
        Assert.NotNull(cluster.Send(ExchangeType.Informational));
        IkeMessage request = cluster.Await(new InitiateChild("second"))!;
        Assert.Equal(2u, request.Header.MessageId);
    }

    [Fact]
    public void Ours_are_as_high_as_the_member_wants_them()
    {
        Pair pair = New();
        using HandmadeResponder cluster = Established(pair);
        Assert.Equal((Convert.ToHexString(Nonce), 77u, 40u), Read(Synchronize(cluster, 40, 77)!));
        Assert.Equal(77u, cluster.Await(new InitiateChild("second"))!.Header.MessageId);
    }

    // RFC 6311 §5.1, §9.1
    [Fact]
    public void An_old_synchronization_changes_nothing()
    {
        Pair pair = New();
        using HandmadeResponder cluster = Established(pair);
        byte[] first = cluster.Seal(ExchangeType.Informational, 0, Sync(Nonce, 40, 2));
        byte[] second = cluster.Seal(ExchangeType.Informational, 0, Sync([5, 6, 7, 8], 90, 2));
        byte[] answer = Give(pair, first)!;
        // A repetition, while nothing else has come since.
        Assert.Equal(answer, Give(pair, first));
        Assert.NotNull(Give(pair, second));
        Assert.Null(Give(pair, first));
        // Another that names the same id, and one that names a lower one.
        Assert.Null(Give(pair, cluster.Seal(ExchangeType.Informational, 0, Sync([9, 9, 9, 9], 90, 2))));
        Assert.Null(Give(pair, cluster.Seal(ExchangeType.Informational, 0, Sync([9, 9, 9, 9], 89, 2))));
        cluster.NextId = 90;
        Assert.NotNull(cluster.Send(ExchangeType.Informational));
        Assert.Null(Give(pair, cluster.Seal(ExchangeType.Informational, 0, Sync([9, 9, 9, 9], 90, 2))));
        Assert.NotNull(Give(pair, cluster.Seal(ExchangeType.Informational, 0, Sync([9, 9, 9, 9], 91, 2))));
    }

    [Theory]
    [InlineData(0xff00_0000u, 2u)]
    [InlineData(0xffff_ffffu, 2u)]
    [InlineData(40u, 0xff00_0000u)]
    public void Beyond_the_end_of_the_message_ids_nobody_is_followed(uint send, uint receive)
    {
        Pair pair = New();
        using HandmadeResponder cluster = Established(pair);
        Assert.Null(Synchronize(cluster, send, receive));
        cluster.NextId = 0;
        Assert.NotNull(cluster.Send(ExchangeType.Informational));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(13)]
    public void One_of_another_length_is_none(int length)
    {
        Pair pair = New();
        using HandmadeResponder cluster = Established(pair);
        Assert.Null(Give(pair, cluster.Seal(ExchangeType.Informational, 0, new NotifyPayload(NotifyType.Ikev2MessageIdSync, new byte[length]))));
        Assert.NotNull(cluster.Send(ExchangeType.Informational));
    }

    /// <summary>Without the agreement it is a request like any other, in its place in the window.</summary>
    [Fact]
    public void Who_has_not_said_that_it_knows_it_moves_nothing()
    {
        Pair pair = new(o => o.Synchronizes = true);
        using HandmadeResponder cluster = HandmadeResponder.Established(pair);
        Assert.NotNull(cluster.Send(ExchangeType.Informational));
        Assert.Null(Give(pair, cluster.Seal(ExchangeType.Informational, 0, Sync(Nonce, 40, 2))));
        cluster.NextId = 40;
        Assert.Null(cluster.Send(ExchangeType.Informational));
    }

    [Fact]
    public void Whatever_is_forged_moves_nothing()
    {
        Pair pair = New();
        using HandmadeResponder cluster = Established(pair);
        byte[] forged = cluster.Seal(ExchangeType.Informational, 0, Sync(Nonce, 40, 2));
        forged[^1] ^= 1;
        Assert.Null(Give(pair, forged));
        cluster.NextId = 40;
        Assert.Null(cluster.Send(ExchangeType.Informational));
    }

    [Fact]
    public void A_request_that_the_member_has_no_trace_of_is_asked_again_with_a_new_id()
    {
        Pair pair = New();
        using HandmadeResponder cluster = Established(pair);
        IkeMessage asked = cluster.Await(new InitiateChild("second"))!;
        Assert.Equal(2u, asked.Header.MessageId);
        Assert.Equal((Convert.ToHexString(Nonce), 3u, 40u), Read(Synchronize(cluster, 40, 2)!));
        IkeMessage again = cluster.Await(new TimerElapsed(new SessionTimer(TimerKind.Keepalive)))!;
        Assert.Equal((3u, ExchangeType.CreateChildSa), (again.Header.MessageId, again.Header.Exchange));
        Assert.NotEqual(asked.Find<NoncePayload>()!.Data.ToArray(), again.Find<NoncePayload>()!.Data.ToArray());
    }

    [Fact]
    public void A_request_that_the_member_has_answered_is_awaited_on()
    {
        Pair pair = New();
        using HandmadeResponder cluster = Established(pair);
        IkeMessage asked = cluster.Await(new InitiateChild("second"))!;
        Assert.Equal((Convert.ToHexString(Nonce), 3u, 40u), Read(Synchronize(cluster, 40, 3)!));
        Assert.Empty(pair.Initiator.Outbox);
        pair.Advance(TimeSpan.Zero);
        Assert.Equal(2u, asked.Header.MessageId);
        Assert.Null(cluster.Answer(new NotifyPayload(NotifyType.NoAdditionalSas)));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Contains(pair.Initiator.Events.OfType<ChildFailed>(), f => f is { Name: "second", ByPeer: true });
    }

    // RFC 6311 §5.1: as the member.
    [Fact]
    public void The_member_takes_only_an_answer_to_what_it_asked()
    {
        Pair pair = New(persistent: true);
        using HandmadeResponder peer = Established(pair);
        Assert.True(pair.Initiator.Fail(pair.Now));
        IkeMessage asked = peer.Await(new TakeOver(TimeSpan.FromSeconds(20)))!;
        (string nonce, uint send, uint receive) = Read(asked);
        byte[] drawn = Convert.FromHexString(nonce);
        Assert.Equal(0u, asked.Header.MessageId);
        Assert.InRange(send, 3u, 10_000u);
        Assert.Equal(0u, receive);

        Assert.Null(peer.Answer(Sync([0, 0, 0, 0], 0, send)));
        Assert.Null(peer.Answer(Sync(drawn, 0, send - 1)));
        Assert.Null(peer.Answer(Sync(drawn, 0, 0xff00_0000)));
        Assert.Null(peer.Answer());
        Assert.True(pair.Initiator.HasTimer(TimerKind.Synchronization));
        // Until then nothing of the peer's is taken: it may be old.
        Assert.Null(peer.Send(ExchangeType.Informational));

        Assert.Null(peer.Answer(Sync(drawn, 9, send + 5)));
        Assert.False(pair.Initiator.HasTimer(TimerKind.Synchronization));
        peer.NextId = 9;
        Assert.NotNull(peer.Send(ExchangeType.Informational));
        Assert.Equal(send + 5, peer.Await(new InitiateChild("second"))!.Header.MessageId);
    }

    [Fact]
    public void A_peer_that_never_answers_after_the_take_over_is_dead()
    {
        Pair pair = New(persistent: true);
        using HandmadeResponder peer = Established(pair);
        Assert.True(pair.Initiator.Fail(pair.Now));
        pair.Responder.IsDown = true;
        pair.Tell(pair.Initiator, new TakeOver(TimeSpan.FromSeconds(20)));
        pair.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(EndReason.PeerUnreachable, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
        Assert.Null(pair.Initiator.Committed);
    }

    [Fact]
    public void Two_take_overs_one_after_the_other_are_both_followed()
    {
        Pair pair = new Pair(o => (o.Persistent, o.Synchronizes) = (true, true)).Establish();
        for (int i = 0; i < 3; i++)
        {
            Assert.True(pair.Responder.Fail(pair.Now));
            pair.Tell(pair.Responder, new TakeOver(TimeSpan.FromSeconds(20)));
            Assert.False(pair.Responder.HasTimer(TimerKind.Synchronization));
        }

        // The second fails before it is answered.
        Assert.True(pair.Responder.Fail(pair.Now));
        pair.Network = (_, _) => null;
        pair.Tell(pair.Responder, new TakeOver(TimeSpan.FromSeconds(20)));
        pair.Network = (packet, _) => packet;
        Assert.True(pair.Responder.Fail(pair.Now));
        pair.Tell(pair.Responder, new TakeOver(TimeSpan.FromSeconds(20)));
        Assert.False(pair.Responder.HasTimer(TimerKind.Synchronization));
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(pair.Initiator.Kernel.Children, pair.Responder.Kernel.Children);
    }

    [Fact]
    public void Both_sides_may_be_taken_over_at_once()
    {
        Pair pair = new Pair(o => (o.Persistent, o.Synchronizes) = (true, true)).Establish();
        Assert.True(pair.Responder.Fail(pair.Now));
        Assert.True(pair.Initiator.Fail(pair.Now));
        pair.Initiator.Handle(new TakeOver(TimeSpan.FromSeconds(20)), pair.Now);
        pair.Responder.Handle(new TakeOver(TimeSpan.FromSeconds(20)), pair.Now);
        pair.Drive();
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.False(pair.Initiator.HasTimer(TimerKind.Synchronization) || pair.Responder.HasTimer(TimerKind.Synchronization));
        Assert.Equal((IkeSaState.Established, IkeSaState.Established), (pair.Initiator.Session.State, pair.Responder.Session.State));
        Assert.Equal(pair.Initiator.Kernel.Children, pair.Responder.Kernel.Children);
    }

    /// <summary>Both have asked for something, neither has heard of it, and each waits for the other's answer.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_sides_may_be_taken_over_with_requests_on_their_way(bool ofIkeSa)
    {
        Pair pair = new Pair(o => (o.Persistent, o.Synchronizes) = (true, true)).Establish();
        pair.Network = (_, _) => null;
        pair.Tell(pair.Initiator, ofIkeSa ? new RekeyIkeSa() : new RekeyChild(1));
        pair.Tell(pair.Responder, ofIkeSa ? new RekeyIkeSa() : new RekeyChild(1));
        Assert.True(pair.Responder.Fail(pair.Now));
        Assert.True(pair.Initiator.Fail(pair.Now));
        pair.Network = (packet, _) => packet;
        pair.Initiator.Handle(new TakeOver(TimeSpan.FromSeconds(20)), pair.Now);
        pair.Responder.Handle(new TakeOver(TimeSpan.FromSeconds(20)), pair.Now);
        pair.Drive();
        pair.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((IkeSaState.Established, IkeSaState.Established), (pair.Initiator.Session.State, pair.Responder.Session.State));
        Assert.Equal(pair.Initiator.Session.LocalSpi, pair.Responder.Session.RemoteSpi);
        Assert.Equal(pair.Initiator.Kernel.Children, pair.Responder.Kernel.Children);
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    private static Pair New(bool persistent = false) => new(o => (o.Persistent, o.Synchronizes) = (persistent, true));

    private static HandmadeResponder Established(Pair pair)
    {
        HandmadeResponder responder = new(pair);
        Assert.Null(responder.Answer([.. responder.Proof, new NotifyPayload(NotifyType.Ikev2MessageIdSyncSupported)]));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        return responder;
    }

    private static IkeMessage? Synchronize(HandmadeResponder cluster, uint send, uint receive)
    {
        cluster.NextId = 0;
        return cluster.Send(ExchangeType.Informational, Sync(Nonce, send, receive));
    }

    private static byte[]? Give(Pair pair, byte[] octets)
    {
        pair.Inject(pair.Initiator, octets);
        return pair.Initiator.Outbox.TryDequeue(out Packet? packet) ? packet.Octets : null;
    }

    private static NotifyPayload Sync(byte[] nonce, uint send, uint receive)
    {
        byte[] data = [.. nonce, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), send);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), receive);
        return new NotifyPayload(NotifyType.Ikev2MessageIdSync, data);
    }

    private static (string Nonce, uint Send, uint Receive) Read(IkeMessage message)
    {
        ReadOnlySpan<byte> data = message.Notify(NotifyType.Ikev2MessageIdSync)!.Data.Span;
        return (Convert.ToHexString(data[..4]), BinaryPrimitives.ReadUInt32BigEndian(data[4..]), BinaryPrimitives.ReadUInt32BigEndian(data[8..]));
    }
}
