using System.Globalization;
using Concentrator.Ike.Configuration;

namespace Concentrator.Configuration;

/// <summary>Traffic selectors as swanctl.conf writes them: <c>10.1.0.0/16[tcp/80]</c>, <c>dynamic[udp/1000-2000]</c>, <c>10.1.0.1[/opaque]</c>.</summary>
internal static class SelectorText
{
    private static readonly Dictionary<string, byte> Protocols = new(StringComparer.OrdinalIgnoreCase)
    {
        ["any"] = 0,
        ["%any"] = 0,
        ["icmp"] = 1,
        ["igmp"] = 2,
        ["ipip"] = 4,
        ["tcp"] = 6,
        ["udp"] = 17,
        ["gre"] = 47,
        ["esp"] = 50,
        ["ah"] = 51,
        ["ipv6-icmp"] = 58,
        ["icmpv6"] = 58,
        ["ospf"] = 89,
        ["l2tp"] = 115,
        ["sctp"] = 132,
    };

    /// <exception cref="FormatException">It is no selector; the message says which part.</exception>
    public static SelectorConfig Parse(string text)
    {
        int bracket = text.IndexOf('[', StringComparison.Ordinal);
        string address = bracket < 0 ? text : text[..bracket].Trim();
        (byte protocol, ushort start, ushort end) = (0, 0, ushort.MaxValue);
        if (bracket >= 0)
        {
            if (!text.EndsWith(']')) throw new FormatException($"'{text}' has no closing bracket");
            string[] parts = text[(bracket + 1)..^1].Split('/', 2, StringSplitOptions.TrimEntries);
            protocol = ParseProtocol(parts[0]);
            if (parts.Length == 2) (start, end) = ParsePorts(parts[1]);
        }

        return new SelectorConfig(address == "dynamic" ? null : AddressText.Parse(address), protocol, start, end);
    }

    private static byte ParseProtocol(string text)
    {
        if (text.Length == 0) return 0;
        if (Protocols.TryGetValue(text, out byte known)) return known;
        return byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
            ? number : throw new FormatException($"'{text}' is no protocol's name or number");
    }

    private static (ushort Start, ushort End) ParsePorts(string text)
    {
        if (text is "any" or "%any" or "") return (0, ushort.MaxValue);
        if (text is "opaque" or "%opaque") return (ushort.MaxValue, 0);
        string[] ends = text.Split('-', 2, StringSplitOptions.TrimEntries);
        if (!ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort start)
            || !ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort end) || start > end)
            throw new FormatException($"'{text}' is no port, range of ports, any or opaque");
        return (start, end);
    }
}
