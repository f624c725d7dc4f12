using System.Net;
using System.Diagnostics.CodeAnalysis;

namespace Concentrator.Ike.Selectors;

/// <summary>Selectors as people write and read them: <c>10.1.0.0/24[tcp/80]</c>, <c>10.1.0.3..10.1.0.9</c>, <c>2001:db8::/64[ipv6-icmp/128(0)]</c>.</summary>
public sealed partial record TrafficSelector
{
    /// <summary>Reads what <see cref="ToString"/> writes and what swanctl.conf takes, but not <c>dynamic</c>, which is no range yet.</summary>
    /// <param name="text">An address, a subnet or a range, with an optional protocol and port in brackets.</param>
    /// <param name="selector">Null when the text is no selector.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out TrafficSelector? selector)
    {
        selector = SelectorText.Split(text, out string addresses, out PortRestriction restriction) is null
            && Configuration.AddressRange.TryParse(addresses, out Configuration.AddressRange? range)
            ? new TrafficSelector(range.Start, range.End, restriction.Protocol, restriction.StartPort, restriction.EndPort)
            : null;
        return selector is not null;
    }

    /// <exception cref="FormatException">The text is no selector.</exception>
    public static TrafficSelector Parse(string text) =>
        TryParse(text, out TrafficSelector? selector) ? selector : throw new FormatException($"'{text}' is no traffic selector");

    public override string ToString()
    {
        IReadOnlyList<IPNetwork> subnets = ToSubnets();
        string addresses = subnets.Count == 1 ? subnets[0].ToString() : $"{Start}..{End}";
        return addresses + new PortRestriction(Protocol, StartPort, EndPort);
    }
}
