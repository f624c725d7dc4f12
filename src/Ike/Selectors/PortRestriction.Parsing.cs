using System.Globalization;
using Concentrator.Ike.Proposals;

namespace Concentrator.Ike.Selectors;

/// <summary>Reads the brackets of a selector, in which names are those of the IANA registries.</summary>
public readonly partial record struct PortRestriction
{
    /// <summary>Below this a number is an ICMP type with any code, from here on type and code, as in swanctl.conf.</summary>
    private const int FirstTypeAndCode = 256;

    /// <summary>Takes <c>addresses[protocol/port]</c> apart; the addresses are not looked at.</summary>
    /// <exception cref="FormatException">The message says which part is wrong.</exception>
    public static PortRestriction Split(string text, out string addresses)
    {
        int bracket = text.IndexOf('[', StringComparison.Ordinal);
        addresses = bracket < 0 ? text : text[..bracket].TrimEnd();
        if (bracket < 0) return None;
        if (!text.EndsWith(']')) throw new FormatException($"'{text}' has no closing bracket");
        string[] parts = text[(bracket + 1)..^1].Split('/', 2, StringSplitOptions.TrimEntries);
        byte protocol = ParseProtocol(parts[0]);
        return parts.Length == 2 ? ParsePorts(parts[1], protocol) : None with { Protocol = protocol };
    }

    private static byte ParseProtocol(string text)
    {
        if (IsAny(text)) return 0;
        if (IpProtocolNames.TryParseProtocol(text, out byte protocol)) return protocol;
        string suggestion = NearestWord.Of(text, IpProtocolNames.All) is { } nearest ? $", did you mean '{nearest}'?" : "";
        throw new FormatException($"'{text}' is no protocol's name or number{suggestion}");
    }

    private static PortRestriction ParsePorts(string text, byte protocol)
    {
        if (IsAny(text)) return None with { Protocol = protocol };
        if (text is "opaque" or "%opaque") return new PortRestriction(protocol, ushort.MaxValue, 0);

        // The whole first: a name may contain the dash of a range.
        if (TryParsePort(text, protocol, out ushort first, out ushort last)) return new PortRestriction(protocol, first, last);
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        bool isRange = dash > 0
            && TryParsePort(text[..dash].TrimEnd(), protocol, out first, out _)
            && TryParsePort(text[(dash + 1)..].TrimStart(), protocol, out _, out last)
            && first <= last;
        return isRange ? new PortRestriction(protocol, first, last) : throw new FormatException($"'{text}' is no port, range of ports, any or opaque");
    }

    private static bool IsAny(string text) => text is "" or "any" or "%any";

    /// <summary>One port, or one ICMP type: then first and last differ by the codes.</summary>
    private static bool TryParsePort(string text, byte protocol, out ushort first, out ushort last)
    {
        if (IpProtocolNames.IsIcmp(protocol)) return TryParseIcmp(text, out first, out last);
        bool isPort = IpProtocolNames.TryParsePort(text, out first);
        last = first;
        return isPort;
    }

    private static bool TryParseIcmp(string text, out ushort first, out ushort last)
    {
        first = last = 0;
        int code = text.IndexOf('(', StringComparison.Ordinal);
        if (code > 0 && text.EndsWith(')'))
        {
            bool isPair = TryParseOctet(text.AsSpan(0, code), out byte type) & TryParseOctet(text.AsSpan(code + 1, text.Length - code - 2), out byte value);
            first = last = (ushort)((type << 8) | value);
            return isPair;
        }

        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)) return false;
        first = number < FirstTypeAndCode ? (ushort)(number << 8) : number;
        last = number < FirstTypeAndCode ? (ushort)(first | 0xff) : number;
        return true;
    }

    private static bool TryParseOctet(ReadOnlySpan<char> text, out byte value) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
