using System.Net;

namespace Concentrator.Kernel;

/// <summary>
/// What traffic a policy, or a transport mode SA, is for: two prefixes of one family, a protocol (0: any), and a port with its mask each
/// (struct xfrm_selector). For ICMP the source port is the type and the destination port the code.
/// </summary>
public sealed record XfrmSelector(
    IPNetwork Source, IPNetwork Destination, byte Protocol = 0, ushort SourcePort = 0, ushort SourcePortMask = 0, ushort DestinationPort = 0, ushort DestinationPortMask = 0)
{
    /// <summary>The same traffic on its way back. ICMP's type and code stand in the port fields and do not change sides.</summary>
    public XfrmSelector Reverse() => Protocol is 1 or 58
        ? this with { Source = Destination, Destination = Source }
        : new XfrmSelector(Destination, Source, Protocol, DestinationPort, DestinationPortMask, SourcePort, SourcePortMask);

    /// <summary>What policies these outbound selectors need: out, in and, for tunnels, forward, each.</summary>
    internal static IEnumerable<(XfrmSelector Selector, XfrmDirection Direction)> InAllDirections(IEnumerable<XfrmSelector> outward, XfrmMode mode)
    {
        foreach (XfrmSelector selector in outward)
        {
            yield return (selector, XfrmDirection.Out);
            yield return (selector.Reverse(), XfrmDirection.In);
            if (mode == XfrmMode.Tunnel) yield return (selector.Reverse(), XfrmDirection.Forward);
        }
    }

    public override string ToString()
    {
        string ports = Protocol == 0 ? "" : $" proto {Protocol}";
        if (SourcePortMask != 0) ports += $" sport {SourcePort}";
        if (DestinationPortMask != 0) ports += $" dport {DestinationPort}";
        return $"{Source} => {Destination}{ports}";
    }
}
