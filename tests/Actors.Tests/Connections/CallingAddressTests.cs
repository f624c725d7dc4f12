using System.Net;
using Akka.Actor;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Connections;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Connections;

/// <summary>A connection that is called from a service address: it waits for that and its shards, and begins in one of them.</summary>
public sealed class CallingAddressTests() : ActorFixture(null, Moon)
{
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

    [Fact]
    public async Task Is_called_when_a_shard_of_its_address_is_here()
    {
        NodeContext node = new(TimeProvider.System)
        {
            Options = Node.Options,
            Log = Node.Log,
            Minter = Node.Minter,
            Transport = Node.Transport,
            Session = Node.Session,
            Addresses = new AddressBoard(Addresses),
            Actors = Node.Actors,
        };
        node.Transport.Fill([new TransportEntry(new IPEndPoint(IPAddress.Loopback, 500), false, Router), new TransportEntry(new IPEndPoint(IPAddress.Loopback, 4500), true, Router)]);
        for (int shard = 1; shard < SessionId.ShardCount; shard += 2) node.Shards.Enter((byte)shard);
        IActorRef connections = Sys.ActorOf(ConnectionsActor.Props(node));
        connections.Tell(new CallStartConnections());
        await connections.Ask<object>(new GetTraps(), Cancel);
        await Region.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(500), Cancel);

        node.Shards.Enter(2);
        DeliverInput called = await Region.ExpectMsgAsync<DeliverInput>(cancellationToken: Cancel);
        Assert.IsType<Initiate>(called.Input);
        Assert.Equal(2, called.Session.Shard);
    }
}
