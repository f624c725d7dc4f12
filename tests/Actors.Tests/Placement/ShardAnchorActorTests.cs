using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Tests.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Placement;

/// <summary>A shard is ready only once it was claimed; what comes for it earlier waits.</summary>
public class ShardAnchorActorTests : ActorFixture
{
    private const byte Shard = 7;
    private static readonly SessionId Stranger = new(((ulong)Shard << 48) | 1);

    private readonly Claims _claims = new();
    private readonly NodeContext _node;
    private readonly IActorRef _anchor;

    public ShardAnchorActorTests()
    {
        _node = new NodeContext(TimeProvider.System)
        {
            Options = Node.Options,
            Log = Node.Log,
            Minter = Node.Minter,
            Transport = Node.Transport,
            Session = Node.Session,
            Actors = Node.Actors,
            Claim = _claims,
        };
        _anchor = Sys.ActorOf(Concentrator.Actors.Placement.ShardAnchorActor.Props(_node, Shard));
    }

    [Fact]
    public async Task A_shard_is_ready_once_it_is_claimed_and_not_any_more_when_it_leaves()
    {
        TaskCompletionSource claim = await _claims.NextAsync();
        Assert.False(_node.Shards.Current.Contains(Shard));

        claim.SetResult();
        await ReadyAsync(true);

        Watch(_anchor);
        _anchor.Tell(DrainSession.Instance);
        ExpectTerminated(_anchor, TimeSpan.FromSeconds(5), cancellationToken: Cancel);
        Assert.False(_node.Shards.Current.Contains(Shard));
    }

    // A claim that is carried out after the next owner's fences that.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_shard_that_leaves_while_it_is_claimed_goes_when_the_claim_is_over(bool fails)
    {
        TaskCompletionSource claim = await _claims.NextAsync();
        Watch(_anchor);
        _anchor.Tell(DrainSession.Instance);
        ExpectNoMsg(TimeSpan.FromMilliseconds(100), Cancel);

        Assert.True(_node.Sessions.TryEnter(Stranger));
        if (fails) claim.SetException(new OperationCanceledException());
        else claim.SetResult();
        ExpectTerminated(_anchor, TimeSpan.FromSeconds(5), cancellationToken: Cancel);
        Assert.False(_node.Shards.Current.Contains(Shard));
        Assert.False(_node.Sessions.Contains(Stranger));
    }

    [Fact]
    public async Task A_claim_that_failed_is_made_again()
    {
        (await _claims.NextAsync()).SetException(new IOException("no database"));
        Assert.False(_node.Shards.Current.Contains(Shard));

        (await _claims.NextAsync()).SetResult();

        await ReadyAsync(true);
    }

    // It must not be answered with INVALID_IKE_SPI: the IKE SA may be among those that are just being read.
    [Fact]
    public async Task What_comes_before_the_claim_waits_and_goes_to_those_whom_the_claim_brought()
    {
        TaskCompletionSource claim = await _claims.NextAsync();
        DeliverDatagram early = Datagram();
        _anchor.Tell(early);
        DeliverDatagram unknown = Datagram() with { Session = new SessionId(Stranger.Value + 1) };
        _anchor.Tell(unknown);
        Router.ExpectNoMsg(TimeSpan.FromMilliseconds(100), Cancel);

        Assert.True(_node.Sessions.TryEnter(Stranger));
        claim.SetResult();

        Assert.Same(early, Region.ExpectMsg<DeliverDatagram>(TimeSpan.FromSeconds(5), cancellationToken: Cancel));
        Assert.Same(unknown.Datagram, Router.ExpectMsg<InboundDatagram>(TimeSpan.FromSeconds(5), cancellationToken: Cancel));
    }

    [Fact]
    public async Task Those_that_wait_are_bounded_and_what_is_too_much_is_counted()
    {
        await _claims.NextAsync();
        for (int i = 0; i < 100; i++) _anchor.Tell(Datagram());

        await AwaitConditionAsync(() => Task.FromResult(_node.Drops[DropReason.ShardNotReady] == 100 - 64), TimeSpan.FromSeconds(5), cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_datagram_that_goes_round_is_dropped_in_the_end()
    {
        (await _claims.NextAsync()).SetResult();
        await ReadyAsync(true);
        DeliverDatagram datagram = Datagram();
        int rounds = 0;
        for (; rounds < 100 && _node.Drops[DropReason.HopLimit] == 0; rounds++)
        {
            _anchor.Tell(datagram);
            await AwaitConditionAsync(() => Task.FromResult(Router.HasMessages || _node.Drops.Total > 0), TimeSpan.FromSeconds(5), cancellationToken: Cancel);
            if (Router.HasMessages) Router.ReceiveOne(TimeSpan.Zero, Cancel);
        }

        Assert.InRange(rounds, 2, 20);
    }

    // Else it would be entered for ever: its first message goes to where the shard is now, and finds no entry there.
    [Fact]
    public async Task Who_was_to_begin_and_has_no_actor_yet_is_forgotten_with_the_shard()
    {
        (await _claims.NextAsync()).SetResult();
        await ReadyAsync(true);
        SessionId taken = new(Stranger.Value + 1), elsewhere = new(Stranger.Value + (1UL << 48));
        foreach (SessionId session in new[] { Stranger, taken, elsewhere }) _node.Sessions.TryEnter(session);
        Assert.True(_node.Sessions.TryFind(taken, out SessionEntry? entry));
        Assert.Null(entry.Take());

        _anchor.Tell(DrainSession.Instance);

        Assert.Equal(Stranger, Router.ExpectMsg<SessionSettled>(TimeSpan.FromSeconds(5), cancellationToken: Cancel).Session);
        await ReadyAsync(false);
        Assert.Equal([taken, elsewhere], _node.Sessions.Sessions.OrderBy(session => session.Value));
    }

    private Task ReadyAsync(bool isReady) =>
        AwaitConditionAsync(() => Task.FromResult(_node.Shards.Current.Contains(Shard) == isReady), TimeSpan.FromSeconds(5), cancellationToken: Cancel);

    private DeliverDatagram Datagram()
    {
        Assert.True(_node.Datagrams.TryRent(out InboundDatagram? datagram));
        datagram.Fill(GateFixture.Protected(0x77, Stranger.Spi().Value, Ike.Wire.IkeFlags.Initiator), UdpEndpoint.From(Samples.Local), GateFixture.Peer, hadMarker: false);
        _node.Datagrams.Dequeued();
        return new DeliverDatagram(Stranger, datagram);
    }

    /// <summary>Each claim is the test's to settle.</summary>
    private sealed class Claims : IShardClaim
    {
        private readonly System.Threading.Channels.Channel<TaskCompletionSource> _made = System.Threading.Channels.Channel.CreateUnbounded<TaskCompletionSource>();

        public Task ClaimAsync(byte shard, CancellationToken cancel)
        {
            TaskCompletionSource claim = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Assert.Equal(Shard, shard);
            _made.Writer.TryWrite(claim);
            return claim.Task;
        }

        public Task<TaskCompletionSource> NextAsync() => _made.Reader.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(5), Cancel);
    }
}
