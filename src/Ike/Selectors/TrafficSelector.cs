using System.Net;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Selectors;

/// <summary>
/// One traffic selector (RFC 7296 §3.13.1): an inclusive address range of one family, an IP protocol (0: any) and an inclusive port range.
/// OPAQUE ports are <see cref="StartPort"/> 65535 with <see cref="EndPort"/> 0. For ICMP and ICMPv6 a port is type times 256 plus code.
/// </summary>
public sealed partial record TrafficSelector(IPAddress Start, IPAddress End, byte Protocol, ushort StartPort, ushort EndPort)
{
    public TrafficSelectorType Type => Start.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
        ? TrafficSelectorType.Ipv4AddressRange
        : TrafficSelectorType.Ipv6AddressRange;

    /// <summary>Everything of IPv4.</summary>
    public static TrafficSelector AnyIpv4 { get; } = Of(new IPNetwork(IPAddress.Any, 0));

    /// <summary>Everything of IPv6.</summary>
    public static TrafficSelector AnyIpv6 { get; } = Of(new IPNetwork(IPAddress.IPv6Any, 0));

    /// <summary>Any port (RFC 4301 §4.4.1.1 ANY), the absence of ports included.</summary>
    public bool IsAnyPort => StartPort == 0 && EndPort == ushort.MaxValue;

    /// <summary>Packets whose ports cannot be seen, such as fragments after the first (RFC 4301 §4.4.1.1 OPAQUE).</summary>
    public bool IsOpaque => StartPort == ushort.MaxValue && EndPort == 0;

    /// <summary>All traffic of a single address.</summary>
    public static TrafficSelector Of(IPAddress address) => new(address, address, 0, 0, ushort.MaxValue);

    /// <summary>All traffic of a subnet.</summary>
    public static TrafficSelector Of(IPNetwork subnet)
    {
        int bits = AddressValue.BitsOf(subnet.BaseAddress.AddressFamily) - subnet.PrefixLength;
        UInt128 last = AddressValue.Of(subnet.BaseAddress) | AddressValue.LowBits(bits);
        return new(subnet.BaseAddress, AddressValue.ToAddress(last, subnet.BaseAddress.AddressFamily), 0, 0, ushort.MaxValue);
    }
}
