using System.Net;
using Akka.Actor;
using Concentrator.Actors.Connections;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Connections;

/// <summary>A connection that is to be up at the start, and an IKE SA of it that a former life of the node has left.</summary>
public sealed class ResumedConnectionTests() : ActorFixture(null, Moon)
{
    private static readonly SessionId Session = new(0x2a_0000_0000_0001);

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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_not_called_beside_it_whichever_is_known_first(bool isResumedFirst)
    {
        Node.Transport.Fill([new TransportEntry(new IPEndPoint(IPAddress.Loopback, 500), false, Router), new TransportEntry(new IPEndPoint(IPAddress.Loopback, 4500), true, Router)]);
        for (int shard = 0; shard < SessionId.ShardCount; shard++) Node.Shards.Leave((byte)shard);
        IActorRef connections = Sys.ActorOf(ConnectionsActor.Props(Node));
        SessionResumed resumed = new(Session, "moon", true, ["net"], new IkePath(Samples.Local, Samples.Remote, NonEspMarker: false));
        foreach (object message in isResumedFirst ? [resumed, new CallStartConnections()] : (object[])[new CallStartConnections(), resumed]) connections.Tell(message);
        await connections.Ask<object>(new GetTraps(), Cancel);
        for (int shard = 0; shard < SessionId.ShardCount; shard++) Node.Shards.Enter((byte)shard);
        await Region.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(500), Cancel);

        connections.Tell(new SessionOver(Session, EndReason.Failed, WasEstablished: true));
        Assert.IsType<Initiate>((await Region.ExpectMsgAsync<DeliverInput>(cancellationToken: Cancel)).Input);
    }
}
