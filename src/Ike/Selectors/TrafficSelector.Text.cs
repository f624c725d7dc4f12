using System.Net;
using Concentrator.Ike.Configuration;

namespace Concentrator.Ike.Selectors;

/// <summary>Traffic selectors as people write them: <c>10.1.0.0/24</c>, <c>10.1.0.1..10.1.0.9[tcp/80]</c>.</summary>
public sealed partial record TrafficSelector
{
    /// <summary>A network, an address or a range, and in brackets a protocol and ports.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static TrafficSelector Parse(string text)
    {
        PortRestriction restriction = PortRestriction.Split(text, out string addresses);
        if (!AddressRange.TryParse(addresses, out AddressRange? range)) throw new FormatException($"'{addresses}' is no address, network or range.");
        return new TrafficSelector(range.Start, range.End, restriction.Protocol, restriction.StartPort, restriction.EndPort);
    }

    public override string ToString()
    {
        IReadOnlyList<IPNetwork> networks = ToNetworks();
        string addresses = networks.Count == 1 ? networks[0].ToString() : $"{Start}..{End}";
        return addresses + new PortRestriction(Protocol, StartPort, EndPort);
    }

    /// <summary>The fewest prefixes that cover exactly this range: what a kernel's selectors can say. At most 62 for IPv4, 254 for IPv6.</summary>
    public IReadOnlyList<IPNetwork> ToNetworks()
    {
        int width = AddressValue.BitsOf(Start.AddressFamily);
        return
        [
            .. PrefixCover.Of(AddressValue.Of(Start), AddressValue.Of(End), width)
                .Select(block => new IPNetwork(AddressValue.ToAddress(block.First, Start.AddressFamily), width - block.FreeBits)),
        ];
    }
}
