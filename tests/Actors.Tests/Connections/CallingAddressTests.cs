using System.Net;
using Akka.Actor;
using Concentrator.Actors.Connections;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Tests.Certificates;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Connections;

/// <summary>A connection that is called from a service address: it waits for that and its shards, begins in one of them, and goes where they go.</summary>
public sealed class CallingAddressTests : ActorFixture
{
    private static readonly SessionId Session = new(0x2a_0000_0000_0001);
    private static readonly IkePath Path = new(new IPEndPoint(IPAddress.Loopback, 500), Samples.Remote, NonEspMarker: false);

    private static readonly ServiceAddress[] Addresses = [new(IPAddress.Loopback, 32, "lo"), new(IPAddress.Parse("127.0.0.2"), 32, "lo")];

    private static ConnectionConfig Moon { get; } = new()
    {
        Name = "moon",
        LocalAddresses = [new AddressRange(IPAddress.Loopback, IPAddress.Loopback)],
        RemoteAddresses = [new AddressRange(IPAddress.Loopback, IPAddress.Loopback)],
        Proposals = [ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)],
        Local = new AuthConfig(null),
        Remote = new AuthConfig(null),
        Children = [Samples.Child() with { StartAction = ChildAction.Start }],
    };

    private readonly Clock _clock = new(DateTimeOffset.UnixEpoch) { StandsStill = true };
    private readonly NodeContext _node;
    private readonly IActorRef _connections;

    public CallingAddressTests()
        : base(null, Moon)
    {
        _node = WithAddresses(Addresses, _clock);
        _node.Transport.Fill([new TransportEntry(new IPEndPoint(IPAddress.Loopback, 500), false, Router), new TransportEntry(new IPEndPoint(IPAddress.Loopback, 4500), true, Router)]);
        _connections = Sys.ActorOf(ConnectionsActor.Props(_node));
    }

    [Fact]
    public async Task Is_called_when_its_address_is_here_with_all_its_shards()
    {
        Enter(shard => shard % 2 == 1);
        await CallAtStartAsync();
        await NobodyIsCalledAsync();

        _node.Addresses.Here = [IPAddress.Loopback];
        Enter(shard => shard % 2 == 0 && shard != 42);
        await NobodyIsCalledAsync();

        Enter(shard => shard == 42);
        DeliverInput called = await Region.ExpectMsgAsync<DeliverInput>(cancellationToken: Cancel);
        Assert.IsType<Initiate>(called.Input);
        Assert.Equal(0, called.Session.Shard % 2);
    }

    [Fact]
    public async Task Is_not_called_beside_the_session_that_comes_with_its_shards()
    {
        await CallAtStartAsync();
        Enter(shard => shard % 2 == 1);
        await NobodyIsCalledAsync();

        _node.Addresses.Here = [IPAddress.Loopback];
        _connections.Tell(new SessionResumed(Session, "moon", true, ["net"], Path));
        Enter(shard => shard % 2 == 0);
        await NobodyIsCalledAsync();
    }

    /// <summary>The session goes with its address. When that comes back without it, this node is the one to call.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Waits_for_the_address_that_went_and_calls_when_it_comes_back_alone(bool wasResumed)
    {
        _node.Addresses.Here = [IPAddress.Loopback];
        Enter(_ => true);
        if (wasResumed) _connections.Tell(new SessionResumed(Session, "moon", true, ["net"], Path));
        await CallAtStartAsync();
        SessionId session = wasResumed ? Session : (await Region.ExpectMsgAsync<DeliverInput>(cancellationToken: Cancel)).Session;

        _node.Addresses.Here = [];
        for (int shard = 0; shard < SessionId.ShardCount; shard += 2) _node.Shards.Leave((byte)shard);
        _connections.Tell(new SessionOver(session, EndReason.TakenOver, WasEstablished: true));
        await NobodyIsCalledAsync();

        _node.Addresses.Here = [IPAddress.Loopback];
        Enter(_ => true);
        Assert.IsType<Initiate>((await Region.ExpectMsgAsync<DeliverInput>(cancellationToken: Cancel)).Input);
    }

    /// <summary>As while the lists of addresses are changed, node by node.</summary>
    [Fact]
    public async Task Is_called_with_some_of_the_shards_where_the_others_do_not_come()
    {
        _node.Addresses.Here = [IPAddress.Loopback];
        Enter(shard => shard < 128);
        await CallAtStartAsync();
        await NobodyIsCalledAsync();
        _clock.Now += TimeSpan.FromSeconds(31);
        DeliverInput called = await Region.ExpectMsgAsync<DeliverInput>(cancellationToken: Cancel);
        Assert.IsType<Initiate>(called.Input);
        Assert.True(called.Session.Shard < 128 && called.Session.Shard % 2 == 0);
    }

    /// <summary>It lives on where its shard is, and its data come here.</summary>
    [Fact]
    public async Task Is_not_called_beside_a_session_that_went_with_another_address()
    {
        SessionId elsewhere = new(0x2b_0000_0000_0001);
        _node.Addresses.Here = [IPAddress.Loopback];
        Enter(_ => true);
        _connections.Tell(new SessionResumed(elsewhere, "moon", true, ["net"], Path));
        _connections.Tell(new SessionOver(elsewhere, EndReason.TakenOver, WasEstablished: true));
        await NobodyIsCalledAsync();
    }

    private void Enter(Func<int, bool> which)
    {
        foreach (int shard in Enumerable.Range(0, SessionId.ShardCount).Where(which)) _node.Shards.Enter((byte)shard);
    }

    private async Task CallAtStartAsync()
    {
        _connections.Tell(new CallStartConnections());
        await _connections.Ask<object>(new GetTraps(), Cancel);
    }

    private ValueTask NobodyIsCalledAsync() => Region.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(500), Cancel);
}
