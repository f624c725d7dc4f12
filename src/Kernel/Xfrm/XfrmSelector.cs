using System.Net;

namespace Concentrator.Kernel;

/// <summary>
/// What traffic a policy, or a transport mode SA, is for: two prefixes of one family, a protocol (0: any), and a port with its mask each
/// (struct xfrm_selector). For ICMP the source port is the type and the destination port the code.
/// </summary>
public sealed record XfrmSelector(
    IPNetwork Source, IPNetwork Destination, byte Protocol = 0, ushort SourcePort = 0, ushort SourcePortMask = 0, ushort DestinationPort = 0, ushort DestinationPortMask = 0)
{
    public override string ToString()
    {
        string ports = Protocol == 0 ? "" : $" proto {Protocol}";
        if (SourcePortMask != 0) ports += $" sport {SourcePort}";
        if (DestinationPortMask != 0) ports += $" dport {DestinationPort}";
        return $"{Source} => {Destination}{ports}";
    }
}
