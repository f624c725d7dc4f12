using System.Net;
using Akka.Actor;
using Concentrator.Actors.Connections;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Messages;

/// <summary>At least one of everything that crosses between nodes, with no field at its default. The names are those of the frozen files.</summary>
internal static class MessageSamples
{
    private static readonly SessionId Session = new(0x2a_1234_5678_9abc);
    private static readonly IkePath Path = new(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4500), new IPEndPoint(IPAddress.Parse("2001:db8::2"), 1024), NonEspMarker: true);

    public static IReadOnlyList<(string Name, object Message)> All(NodeContext node) =>
    [
        ("dg-datagram", Datagram(node)),
        ("wk-wake", new WakeShard(200)),
        ("uq-claim", new IdentityClaim(Session, Identity.Parse("sun.example.org"), Identity.FromAddress(IPAddress.Parse("192.0.2.7")), UniquePolicy.Replace, true, 1_700_000_000_123, IsResumed: true)),
        ("tx-transmit", new TransmitHere(Path, new byte[] { 1, 2, 3 })),
        ("tx-keepalive", new TransmitHere(Path, default)),
        .. Inputs().Select(input => ($"in-{input.GetType().Name}", (object)new DeliverInput(Session, input))),
    ];

    private static IEnumerable<SessionInput> Inputs() =>
    [
        new Close(EndReason.DeletedByUs),
        new Abandon(EndReason.Replaced),
        new RekeyIkeSa(),
        new InitiateChild("net"),
        new RekeyChild(7),
        new CloseChild(8),
        new StrayPacket(0xc0ffee01),
        new ServeTraffic("net", new PacketSelectors(TrafficSelector.Parse("10.1.0.1/32[tcp/80]"), TrafficSelector.Parse("10.2.0.1/32"))),
    ];

    private static DeliverDatagram Datagram(NodeContext node)
    {
        InboundDatagram datagram = node.Datagrams.Rent();
        datagram.Fill([1, 2, 3, 4], UdpEndpoint.From(Path.Local), UdpEndpoint.From(Path.Remote), hadMarker: true);
        datagram.Travelled(Address.Parse("akka.ssl.tcp://concentrator@192.0.2.9:2552"), 2);
        return new DeliverDatagram(Session, datagram);
    }
}
