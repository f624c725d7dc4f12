using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Google.Protobuf;

namespace Concentrator.Actors.Messages;

/// <summary>Datagrams on their way between nodes: in to the owner, out through the node that has the address.</summary>
internal static class DatagramWire
{
    /// <param name="delivered">Stays the caller's.</param>
    /// <param name="self">This node, where the datagram came to it from the wire.</param>
    public static Wire.Datagram Write(DeliverDatagram delivered, string self) => new()
    {
        Session = delivered.Session.Value,
        Message = ByteString.CopyFrom(delivered.Datagram.Message.Span),
        Path = EndpointWire.Write(delivered.Datagram.Path()),
        Ingress = delivered.Datagram.Ingress?.ToString() ?? self,
        Hops = delivered.Datagram.Hops,
    };

    /// <summary>Null where there is no ingress to answer through, or it is longer than any that the sockets take.</summary>
    public static DeliverDatagram? Read(Wire.Datagram wire, DatagramPool pool)
    {
        IkePath path = EndpointWire.Read(wire.Path);
        if (!TryAddress(wire.Ingress, out Address? ingress) || wire.Message.Length > DatagramPool.LongestMessage) return null;
        InboundDatagram datagram = pool.Rent();
        datagram.Fill(wire.Message.Span, UdpEndpoint.From(path.Local), UdpEndpoint.From(path.Remote), path.NonEspMarker);
        datagram.Travelled(ingress, wire.Hops);
        return new DeliverDatagram(new SessionId(wire.Session), datagram);
    }

    public static Wire.Transmit Write(TransmitHere transmit) => new() { Path = EndpointWire.Write(transmit.Path), Message = ByteString.CopyFrom(transmit.Message.Span) };

    public static TransmitHere Read(Wire.Transmit wire) => new(EndpointWire.Read(wire.Path), wire.Message.Memory);

    private static bool TryAddress(string text, [NotNullWhen(true)] out Address? address)
    {
        address = null;
        if (!ActorPath.TryParseAddress(text, out Address parsed)) return false;
        address = parsed;
        return true;
    }
}
