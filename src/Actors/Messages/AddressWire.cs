using System.Net;
using Concentrator.Actors.Clustering.Addresses;
using Google.Protobuf;

namespace Concentrator.Actors.Messages;

/// <summary>What nodes and the coordinator of the service addresses tell each other.</summary>
internal static class AddressWire
{
    public static Wire.AddressReport Write(AddressReport report) => new()
    {
        Node = report.Node,
        Number = (ulong)report.Number,
        Echo = (ulong)report.Echo,
        Able = { report.Able.Select(EndpointWire.Write) },
        Held = { report.Held.Select(EndpointWire.Write) },
        // Cut: shorter than it was is the cautious side.
        Since = (ulong)report.Since.TotalMilliseconds,
        HandsOver = report.HandsOver,
    };

    /// <exception cref="ArgumentException">An address is none.</exception>
    public static AddressReport Read(Wire.AddressReport wire) => new(
        wire.Node, (long)wire.Number, (long)wire.Echo, Addresses(wire.Able), Addresses(wire.Held), TimeSpan.FromMilliseconds(Math.Min(wire.Since, int.MaxValue)))
    {
        HandsOver = wire.HandsOver,
    };

    public static Wire.AddressGrant Write(AddressGrant grant) => new()
    {
        Coordinator = grant.Coordinator,
        Number = (ulong)grant.Number,
        Echo = (ulong)grant.Echo,
        Decided = grant.IsDecided,
        Addresses = { grant.Addresses.Select(EndpointWire.Write) },
        Holders = { Write(grant.Holders) },
        Successors = { Write(grant.Successors) },
        Heirs = { Write(grant.Heirs) },
    };

    /// <exception cref="ArgumentException">An address is none.</exception>
    public static AddressGrant Read(Wire.AddressGrant wire) => new(
        wire.Coordinator, (long)wire.Number, (long)wire.Echo, wire.Decided, Addresses(wire.Addresses),
        Read(wire.Holders))
    {
        Successors = Read(wire.Successors),
        Heirs = Read(wire.Heirs),
    };

    public static Wire.AddressFreed Write(AddressFreed freed) => new() { Address = EndpointWire.Write(freed.Address) };

    /// <exception cref="ArgumentException">The address is none.</exception>
    public static AddressFreed Read(Wire.AddressFreed wire) => new(EndpointWire.ReadAddress(wire.Address));

    private static IEnumerable<Wire.Holder> Write(IReadOnlyDictionary<IPAddress, string> holders) =>
        holders.Select(holder => new Wire.Holder { Address = EndpointWire.Write(holder.Key), Node = holder.Value });

    private static Dictionary<IPAddress, string> Read(IEnumerable<Wire.Holder> holders) =>
        holders.DistinctBy(holder => holder.Address).ToDictionary(holder => EndpointWire.ReadAddress(holder.Address), holder => holder.Node);

    private static IReadOnlyList<IPAddress> Addresses(IEnumerable<ByteString> octets) => [.. octets.Select(EndpointWire.ReadAddress)];
}
