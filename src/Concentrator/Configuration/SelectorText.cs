using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;

namespace Concentrator.Configuration;

/// <summary>Traffic selectors as swanctl.conf writes them: <c>10.1.0.0/16[tcp/80]</c>, <c>dynamic[udp/1000-2000]</c>, <c>10.1.0.1[/opaque]</c>.</summary>
internal static class SelectorText
{
    /// <exception cref="FormatException">It is no selector; the message says which part.</exception>
    public static SelectorConfig Parse(string text)
    {
        PortRestriction restriction = PortRestriction.Split(text, out string addresses);
        AddressRange? range = addresses == "dynamic" ? null : AddressText.Parse(addresses);
        return new SelectorConfig(range, restriction.Protocol, restriction.StartPort, restriction.EndPort);
    }
}
