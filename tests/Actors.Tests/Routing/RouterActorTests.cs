using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Routing;

/// <summary>The router as an actor: what reaches the shard region, and what does not.</summary>
public class RouterActorTests : ActorFixture
{
    private readonly IActorRef _router;

    public RouterActorTests()
        : base(new NodeOptions { HalfOpen = new HalfOpenLimits { CookieThreshold = 0, BlockThreshold = 2 } }) =>
        _router = Sys.ActorOf(Concentrator.Actors.Routing.RouterActor.Props(Node), "the-router");

    [Fact]
    public void A_beginning_is_entered_before_its_actor_exists()
    {
        Send(GateFixture.InitRequest());

        DeliverDatagram delivered = Delivered();
        Assert.True(Node.Sessions.Contains(delivered.Session));
        Assert.Equal(GateFixture.Peer.ToIPEndPoint(), delivered.Datagram.Path().Remote);
    }

    [Fact]
    public void A_repetition_goes_to_the_same_session()
    {
        Send(GateFixture.InitRequest());
        Send(GateFixture.InitRequest());

        Assert.Equal(Delivered().Session, Delivered().Session);
        Assert.Equal(1, Node.Sessions.Count);
    }

    [Fact]
    public async Task What_is_dropped_reaches_nobody_and_is_counted()
    {
        Send(GateFixture.InitRequest()[..20]);
        Send(GateFixture.Protected(0x9900, 0x77, Ike.Wire.IkeFlags.Response));

        await AwaitConditionAsync(() => Task.FromResult(Node.Drops.Total == 2), TimeSpan.FromSeconds(5), cancellationToken: Cancel);
        Region.ExpectNoMsg(TimeSpan.Zero, cancellationToken: Cancel);
        Assert.Equal(0, Node.Sessions.Count);
        Assert.Equal((1, 1), (Node.Drops[DropReason.BadLength], Node.Drops[DropReason.UnknownSpi]));
    }

    [Fact]
    public async Task Half_open_ones_count_until_they_settle()
    {
        Send(GateFixture.InitRequest(spi: 1));
        Send(GateFixture.InitRequest(spi: 2));
        Send(GateFixture.InitRequest(spi: 3));
        SessionId first = Delivered().Session;
        Delivered();
        await AwaitConditionAsync(
            () => Task.FromResult(Node.Drops[DropReason.HalfOpenLimit] == 1), TimeSpan.FromSeconds(5), cancellationToken: Cancel);

        _router.Tell(new SessionSettled(first));
        Send(GateFixture.InitRequest(spi: 4));

        Delivered();
    }

    [Fact]
    public async Task A_closed_gate_lets_nothing_begin()
    {
        _router.Tell(new CloseGate());
        Send(GateFixture.InitRequest());

        await AwaitConditionAsync(
            () => Task.FromResult(Node.Drops[DropReason.ShuttingDown] == 1), TimeSpan.FromSeconds(5), cancellationToken: Cancel);
        Assert.Equal(0, Node.Sessions.Count);
    }

    /// <summary>Two nodes that do not agree about the addresses would send a newcomer to and fro.</summary>
    [Fact]
    public void Who_comes_by_way_of_another_node_and_has_no_shard_there_begins_in_one_that_is_here()
    {
        ServiceAddress asked = new(Samples.Local.Address, 32, "eth0"), other = new(System.Net.IPAddress.Parse("255.255.255.254"), 32, "eth0");
        NodeContext node = WithAddresses([asked, other], TimeProvider.System);
        for (int shard = 1; shard < SessionId.ShardCount; shard += 2) node.Shards.Enter((byte)shard);
        IActorRef router = Sys.ActorOf(Concentrator.Actors.Routing.RouterActor.Props(node));

        // From the wire it is handed on to where its address's shards are.
        Send(GateFixture.InitRequest(), to: router);
        Assert.Equal(0, Delivered().Session.Shard % 2);
        Assert.Equal(0, node.Sessions.Count);

        Send(GateFixture.InitRequest(), to: router, from: new Address("akka", "concentrator", "192.0.2.9", 4700));
        Assert.Equal(1, Delivered().Session.Shard % 2);
        Assert.Equal(1, node.Sessions.Count);
    }

    private void Send(byte[] message, IActorRef? to = null, Address? from = null)
    {
        Assert.True(Node.Datagrams.TryRent(out InboundDatagram? datagram));
        datagram.Fill(message, UdpEndpoint.From(Samples.Local), GateFixture.Peer, hadMarker: false);
        if (from is not null) datagram.Travelled(from, 0);
        (to ?? _router).Tell(datagram);
    }

    private DeliverDatagram Delivered() => Region.ExpectMsg<DeliverDatagram>(TimeSpan.FromSeconds(5), cancellationToken: Cancel);
}

public class DatagramPoolTests
{
    [Fact]
    public void When_the_router_is_behind_there_are_no_more_until_it_caught_up()
    {
        DatagramPool pool = new();
        int rented = 0;
        while (pool.TryRent(out InboundDatagram? _)) rented++;

        Assert.InRange(rented, 1000, 10_000);
        pool.Dequeued();
        Assert.True(pool.TryRent(out _));
        Assert.False(pool.TryRent(out _));
    }

    [Fact]
    public void A_released_datagram_is_used_again()
    {
        DatagramPool pool = new();
        Assert.True(pool.TryRent(out InboundDatagram? first));
        first.Fill([1, 2, 3], default, default, hadMarker: false);
        first.Release();

        Assert.True(pool.TryRent(out InboundDatagram? second));
        Assert.Same(first, second);
        Assert.Equal(0, second.Message.Length);
    }
}

public class NonEspMarkerTests
{
    // RFC 3948 §2.2, §2.3
    [Theory]
    [InlineData(new byte[] { 0xff }, NatPortContent.Keepalive)]
    [InlineData(new byte[] { 0, 0, 0, 0, 7 }, NatPortContent.Ike)]
    [InlineData(new byte[] { 0, 0, 0, 0 }, NatPortContent.Other)]
    [InlineData(new byte[] { 0xff, 0xff }, NatPortContent.Other)]
    [InlineData(new byte[] { 0, 0, 0, 1, 7 }, NatPortContent.Other)]
    [InlineData(new byte[0], NatPortContent.Other)]
    public void Ike_esp_and_keepalives_are_told_apart(byte[] datagram, object content)
    {
        Assert.Equal(content, NonEspMarker.Strip(datagram, out ReadOnlySpan<byte> message));
        Assert.Equal((NatPortContent)content == NatPortContent.Ike ? datagram.Length - 4 : 0, message.Length);
    }
}
