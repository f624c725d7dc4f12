using System.Net;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Google.Protobuf;

namespace Concentrator.Actors.Messages;

/// <summary>Addresses, ends and selectors as they cross. Addresses are 4 or 16 octets in network order.</summary>
internal static class EndpointWire
{
    public static ByteString Write(IPAddress address) => ByteString.CopyFrom(address.GetAddressBytes());

    /// <exception cref="ArgumentException">Neither 4 nor 16 octets.</exception>
    public static IPAddress ReadAddress(ByteString octets) => new(octets.Span);

    public static Wire.Endpoint Write(IPEndPoint endpoint) => new()
    {
        Address = Write(endpoint.Address),
        Port = (uint)endpoint.Port,
        Scope = endpoint.Address.IsIPv6LinkLocal ? (uint)endpoint.Address.ScopeId : 0,
    };

    /// <exception cref="ArgumentException">Neither 4 nor 16 octets, or no port.</exception>
    public static IPEndPoint Read(Wire.Endpoint wire)
    {
        IPAddress address = ReadAddress(wire.Address);
        if (wire.Scope != 0 && address.IsIPv6LinkLocal) address.ScopeId = wire.Scope;
        return new IPEndPoint(address, checked((int)Math.Min(wire.Port, int.MaxValue)));
    }

    public static Wire.Path Write(IkePath path) => new() { Local = Write(path.Local), Remote = Write(path.Remote), Marker = path.NonEspMarker };

    /// <exception cref="ArgumentException">An end of it is none.</exception>
    public static IkePath Read(Wire.Path? wire) => wire is { Local: { } local, Remote: { } remote }
        ? new IkePath(Read(local), Read(remote), wire.Marker)
        : throw new ArgumentException("a path without both ends");

    public static Wire.Selector Write(TrafficSelector selector) => new()
    {
        Start = Write(selector.Start),
        End = Write(selector.End),
        Protocol = selector.Protocol,
        StartPort = selector.StartPort,
        EndPort = selector.EndPort,
    };

    /// <exception cref="ArgumentException">It has no addresses.</exception>
    public static TrafficSelector Read(Wire.Selector wire) =>
        new(ReadAddress(wire.Start), ReadAddress(wire.End), (byte)wire.Protocol, (ushort)wire.StartPort, (ushort)wire.EndPort);
}
