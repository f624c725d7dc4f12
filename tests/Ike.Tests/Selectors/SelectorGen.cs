using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;
using CsCheck;

namespace Concentrator.Ike.Tests.Selectors;

/// <summary>Selectors that meet each other often: a small corner of each family, few protocols, few ports, OPAQUE now and then.</summary>
internal static class SelectorGen
{
    private static readonly Gen<(ushort Start, ushort End)> Ports = Gen.Frequency(
        (3, Gen.Const(((ushort)0, ushort.MaxValue))),
        (1, Gen.Const((ushort.MaxValue, (ushort)0))),
        (4, Gen.Select(Gen.UShort[0, 40], Gen.UShort[0, 40], (a, b) => (Math.Min(a, b), Math.Max(a, b)))));

    private static readonly Gen<(IPAddress Start, IPAddress End)> Addresses =
        Gen.Select(Gen.Bool, Gen.Byte, Gen.Byte, (isIpv4, a, b) => (Address(isIpv4, Math.Min(a, b)), Address(isIpv4, Math.Max(a, b))));

    public static readonly Gen<TrafficSelector> Selector =
        Gen.Select(Addresses, Gen.OneOf<byte>(0, 0, 6, 17), Ports, (a, protocol, p) => new TrafficSelector(a.Start, a.End, protocol, p.Start, p.End));

    public static readonly Gen<TrafficSelector[]> List = Selector.Array[0, 6];

    public static IPAddress Address(bool isIpv4, byte last) =>
        isIpv4 ? new IPAddress([10, 1, 0, last]) : new IPAddress([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);

    /// <summary>A packet as far as selectors see it; port -1: its ports cannot be seen.</summary>
    public sealed record Packet(IPAddress Address, byte Protocol, int Port)
    {
        public bool Matches(TrafficSelector selector) =>
            new AddressRange(selector.Start, selector.End).Contains(Address)
            && (selector.Protocol == 0 || selector.Protocol == Protocol)
            && (Port < 0 ? Restriction(selector) is { IsOpaque: true } or { IsAnyPort: true } : Port >= selector.StartPort && Port <= selector.EndPort);
    }

    public static PortRestriction Restriction(TrafficSelector selector) => new(selector.Protocol, selector.StartPort, selector.EndPort);

    public static readonly Gen<Packet> AnyPacket = Gen.Select(
        Gen.Bool, Gen.Byte, Gen.OneOf<byte>(6, 17, 50), Gen.Int[-1, 41], (isIpv4, last, protocol, port) => new Packet(Address(isIpv4, last), protocol, port));
}
