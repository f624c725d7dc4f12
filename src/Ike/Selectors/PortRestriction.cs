using System.Globalization;

namespace Concentrator.Ike.Selectors;

/// <summary>The bracket of a selector: protocol and ports. Its text is <c>[tcp/80]</c>, <c>[udp]</c>, <c>[tcp/opaque]</c>, or nothing where all is meant.</summary>
public readonly record struct PortRestriction(byte Protocol, ushort StartPort, ushort EndPort)
{
    public static PortRestriction None { get; } = new(0, 0, ushort.MaxValue);

    public override string ToString()
    {
        string protocol = Protocol == 0 ? "any" : IpProtocolNames.NameOf(Protocol);
        if (StartPort == 0 && EndPort == ushort.MaxValue) return Protocol == 0 ? "" : $"[{protocol}]";
        if (StartPort == ushort.MaxValue && EndPort == 0) return $"[{protocol}/opaque]";
        string range = StartPort == EndPort ? Format(StartPort) : $"{Format(StartPort)}-{Format(EndPort)}";
        return IsWholeIcmpType ? $"[{protocol}/{StartPort >> 8}]" : $"[{protocol}/{range}]";
    }

    private bool IsWholeIcmpType => IpProtocolNames.IsIcmp(Protocol) && (StartPort & 0xff) == 0 && EndPort == (StartPort | 0xff);

    private string Format(ushort port) => IpProtocolNames.IsIcmp(Protocol)
        ? string.Create(CultureInfo.InvariantCulture, $"{port >> 8}({port & 0xff})")
        : port.ToString(CultureInfo.InvariantCulture);
}
