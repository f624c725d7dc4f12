using System.Globalization;

namespace Concentrator.Ike.Selectors;

/// <summary>
/// What stands in the brackets of a selector: protocol and ports. Its text is <c>[tcp/80]</c>, <c>[udp]</c>, <c>[tcp/opaque]</c>, or nothing where all
/// is meant. For ICMP a port is a type and a code, as in RFC 7296 §3.13.1: <c>[icmp/8]</c>, <c>[icmp/3(1)]</c>.
/// </summary>
public readonly partial record struct PortRestriction(byte Protocol, ushort StartPort, ushort EndPort)
{
    public static PortRestriction None { get; } = new(0, 0, ushort.MaxValue);

    public bool IsAnyPort => StartPort == 0 && EndPort == ushort.MaxValue;

    public bool IsOpaque => StartPort == ushort.MaxValue && EndPort == 0;

    private bool IsWholeIcmpType => IpProtocolNames.IsIcmp(Protocol) && (StartPort & 0xff) == 0 && EndPort == (StartPort | 0xff);

    public override string ToString()
    {
        string protocol = Protocol == 0 ? "any" : IpProtocolNames.NameOf(Protocol);
        if (IsAnyPort) return Protocol == 0 ? "" : $"[{protocol}]";
        if (IsOpaque) return $"[{protocol}/opaque]";
        if (IsWholeIcmpType) return $"[{protocol}/{StartPort >> 8}]";
        return StartPort == EndPort ? $"[{protocol}/{Format(StartPort)}]" : $"[{protocol}/{Format(StartPort)}-{Format(EndPort)}]";
    }

    private string Format(ushort port) => IpProtocolNames.IsIcmp(Protocol)
        ? string.Create(CultureInfo.InvariantCulture, $"{port >> 8}({port & 0xff})")
        : port.ToString(CultureInfo.InvariantCulture);
}
