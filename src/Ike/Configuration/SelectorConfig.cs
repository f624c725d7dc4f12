using System.Net;
using System.Net.Sockets;
using Concentrator.Ike.Selectors;

namespace Concentrator.Ike.Configuration;

/// <summary>
/// A traffic selector as configuration writes it. <see cref="Range"/> null is <c>dynamic</c>: the peer's own address, known once
/// the IKE_SA has addresses; protocol and ports still hold.
/// </summary>
public sealed record SelectorConfig(AddressRange? Range, byte Protocol, ushort StartPort, ushort EndPort)
{
    public static SelectorConfig Dynamic { get; } = new(null, 0, 0, ushort.MaxValue);

    public bool IsDynamic => Range is null;

    public TrafficSelector Resolve(IPAddress dynamicAddress) =>
        new(Range?.Start ?? dynamicAddress, Range?.End ?? dynamicAddress, Protocol, StartPort, EndPort);

    /// <summary>Every address of a family.</summary>
    public TrafficSelector ResolveToAny(AddressFamily family)
    {
        AddressRange any = family == AddressFamily.InterNetwork ? AddressRange.AnyIpv4 : AddressRange.AnyIpv6;
        return new TrafficSelector(any.Start, any.End, Protocol, StartPort, EndPort);
    }

    /// <summary>As swanctl.conf writes it: <c>10.1.0.0/16[tcp/80]</c>, <c>dynamic</c>.</summary>
    public override string ToString() => Range is { } range
        ? new TrafficSelector(range.Start, range.End, Protocol, StartPort, EndPort).ToString()
        : $"dynamic{new PortRestriction(Protocol, StartPort, EndPort)}";
}
