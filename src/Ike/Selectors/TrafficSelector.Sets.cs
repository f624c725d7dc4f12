using System.Net;

namespace Concentrator.Ike.Selectors;

/// <summary>Selectors as sets of packets, and as what the kernel takes: prefixes and port masks.</summary>
public sealed partial record TrafficSelector
{
    /// <summary>Whether any traffic of this address is meant; protocol and ports play no part.</summary>
    public bool Contains(IPAddress address) =>
        address.AddressFamily == Start.AddressFamily
        && AddressValue.Of(address) is var value && value >= AddressValue.Of(Start) && value <= AddressValue.Of(End);

    /// <summary>The traffic both mean; null when there is none, which is also so for two families.</summary>
    public TrafficSelector? Intersect(TrafficSelector other)
    {
        if (Start.AddressFamily != other.Start.AddressFamily) return null;
        if (Protocol != 0 && other.Protocol != 0 && Protocol != other.Protocol) return null;
        if (IntersectPorts(other) is not var (startPort, endPort)) return null;
        IPAddress start = AddressValue.Of(Start) >= AddressValue.Of(other.Start) ? Start : other.Start;
        IPAddress end = AddressValue.Of(End) <= AddressValue.Of(other.End) ? End : other.End;
        if (AddressValue.Of(start) > AddressValue.Of(end)) return null;
        return new TrafficSelector(start, end, Protocol == 0 ? other.Protocol : Protocol, startPort, endPort);
    }

    public bool IsSubsetOf(TrafficSelector other) => Equals(Intersect(other));

    /// <summary>The address range as prefixes, ascending; a single subnet gives itself. At most 62 for IPv4, 254 for IPv6.</summary>
    public IReadOnlyList<IPNetwork> ToSubnets()
    {
        int width = AddressValue.BitsOf(Start.AddressFamily);
        return
        [
            .. PrefixCover.Of(AddressValue.Of(Start), AddressValue.Of(End), width)
                .Select(block => new IPNetwork(AddressValue.ToAddress(block.First, Start.AddressFamily), width - block.FreeBits)),
        ];
    }

    /// <summary>The port range as value and mask, ascending; any port is one pair of zeros, OPAQUE is port 0 with a full mask.</summary>
    public IReadOnlyList<(ushort Port, ushort Mask)> ToPortMasks()
    {
        if (IsOpaque) return [(0, ushort.MaxValue)];
        return [.. PrefixCover.Of(StartPort, EndPort, 16).Select(block => ((ushort)block.First, (ushort)~AddressValue.LowBits(block.FreeBits)))];
    }

    private (ushort Start, ushort End)? IntersectPorts(TrafficSelector other)
    {
        // RFC 4301 §4.4.1.1: ANY encompasses OPAQUE; no other range does.
        if (IsOpaque || other.IsOpaque)
        {
            bool bothCover = (IsOpaque || IsAnyPort) && (other.IsOpaque || other.IsAnyPort);
            return bothCover ? (ushort.MaxValue, (ushort)0) : null;
        }

        ushort start = Math.Max(StartPort, other.StartPort), end = Math.Min(EndPort, other.EndPort);
        return start <= end ? (start, end) : null;
    }
}
