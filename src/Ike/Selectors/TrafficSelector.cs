using System.Net;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Selectors;

/// <summary>
/// One traffic selector (RFC 7296 §3.13.1): an inclusive address range of one family, an IP protocol (0: any) and an inclusive port range.
/// OPAQUE ports are <see cref="StartPort"/> 65535 with <see cref="EndPort"/> 0.
/// </summary>
public sealed partial record TrafficSelector(IPAddress Start, IPAddress End, byte Protocol, ushort StartPort, ushort EndPort)
{
    public TrafficSelectorType Type => Start.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
        ? TrafficSelectorType.Ipv4AddressRange
        : TrafficSelectorType.Ipv6AddressRange;
}
