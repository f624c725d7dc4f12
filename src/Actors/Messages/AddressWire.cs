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
    };

    /// <exception cref="ArgumentException">An address is none.</exception>
    public static AddressReport Read(Wire.AddressReport wire) => new(
        wire.Node, (long)wire.Number, (long)wire.Echo, Addresses(wire.Able), Addresses(wire.Held), TimeSpan.FromMilliseconds(Math.Min(wire.Since, int.MaxValue)));

    public static Wire.AddressGrant Write(AddressGrant grant) => new()
    {
        Coordinator = grant.Coordinator,
        Number = (ulong)grant.Number,
        Echo = (ulong)grant.Echo,
        Decided = grant.IsDecided,
        Addresses = { grant.Addresses.Select(EndpointWire.Write) },
        Holders = { grant.Holders.Select(WriteHolder) },
        Heirs = { grant.Heirs.Select(WriteHolder) },
    };

    /// <exception cref="ArgumentException">An address is none.</exception>
    public static AddressGrant Read(Wire.AddressGrant wire) => new(
        wire.Coordinator, (long)wire.Number, (long)wire.Echo, wire.Decided, Addresses(wire.Addresses), ReadHolders(wire.Holders), ReadHolders(wire.Heirs));

    private static Wire.Holder WriteHolder(KeyValuePair<IPAddress, string> holder) => new() { Address = EndpointWire.Write(holder.Key), Node = holder.Value };

    private static Dictionary<IPAddress, string> ReadHolders(IEnumerable<Wire.Holder> holders) =>
        holders.DistinctBy(holder => holder.Address).ToDictionary(holder => EndpointWire.ReadAddress(holder.Address), holder => holder.Node);

    private static IReadOnlyList<IPAddress> Addresses(IEnumerable<ByteString> octets) => [.. octets.Select(EndpointWire.ReadAddress)];
}
