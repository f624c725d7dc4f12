using System.Globalization;
using Concentrator.Ike.Configuration;

namespace Concentrator.Ike.Selectors;

/// <summary>Takes a written selector apart: addresses before the bracket, protocol and ports in it. Errors are for people, null is none.</summary>
public static class SelectorText
{
    /// <summary>Ports below this are an ICMP type with any code, those from here on type and code, as in swanctl.conf.</summary>
    private const int FirstTypeAndCode = 256;

    /// <summary>Splits <c>addresses[protocol/port]</c>; the addresses are not looked at.</summary>
    public static string? Split(string text, out string addresses, out PortRestriction restriction)
    {
        restriction = PortRestriction.None;
        int bracket = text.IndexOf('[');
        addresses = bracket < 0 ? text : text[..bracket].TrimEnd();
        if (bracket < 0) return null;
        if (!text.EndsWith(']')) return "']' is missing";
        return ParseRestriction(text[(bracket + 1)..^1], out restriction);
    }

    private static string? ParseRestriction(string text, out PortRestriction restriction)
    {
        restriction = PortRestriction.None;
        string[] parts = text.Split('/', 2, StringSplitOptions.TrimEntries);
        if (!TryParseProtocol(parts[0], out byte protocol))
            return $"unknown protocol '{Spelling.Quotable(parts[0])}'{Spelling.Suggest(parts[0], IpProtocolNames.All)}";
        restriction = restriction with { Protocol = protocol };
        if (parts.Length == 1 || IsAny(parts[1])) return null;

        // RFC 4301 §4.4.1.1: ports are those of a protocol; without one there is nothing to compare.
        if (protocol == 0) return "a port needs a protocol";
        if (parts[1].Equals("opaque", StringComparison.OrdinalIgnoreCase))
        {
            restriction = new PortRestriction(protocol, ushort.MaxValue, 0);
            return null;
        }

        if (!TryParsePorts(parts[1], protocol, out ushort start, out ushort end)) return $"'{Spelling.Quotable(parts[1])}' is no port or range of ports";
        restriction = new PortRestriction(protocol, start, end);
        return null;
    }

    private static bool TryParseProtocol(string text, out byte protocol)
    {
        protocol = 0;
        return IsAny(text) || IpProtocolNames.TryParseProtocol(text, out protocol);
    }

    private static bool IsAny(string text) => text.Equals("any", StringComparison.OrdinalIgnoreCase) || text == "%any";

    private static bool TryParsePorts(string text, byte protocol, out ushort start, out ushort end)
    {
        // A name may contain the dash of a range, so the whole is tried first.
        if (TryParsePort(text, protocol, out start, out end)) return true;
        int dash = text.IndexOf('-');
        return dash > 0
            && TryParsePort(text[..dash].TrimEnd(), protocol, out start, out _)
            && TryParsePort(text[(dash + 1)..].TrimStart(), protocol, out _, out end)
            && start <= end;
    }

    /// <summary>One port, or one ICMP type: then first and last differ by the codes.</summary>
    private static bool TryParsePort(string text, byte protocol, out ushort first, out ushort last)
    {
        if (!IpProtocolNames.IsIcmp(protocol))
        {
            bool isPort = IpProtocolNames.TryParsePort(text, out first);
            last = first;
            return isPort;
        }

        first = last = 0;
        int code = text.IndexOf('(');
        if (code > 0 && text.EndsWith(')'))
        {
            if (!TryParseOctet(text.AsSpan(0, code), out byte type) || !TryParseOctet(text.AsSpan(code + 1, text.Length - code - 2), out byte value))
                return false;
            first = last = (ushort)((type << 8) | value);
            return true;
        }

        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)) return false;
        first = number < FirstTypeAndCode ? (ushort)(number << 8) : number;
        last = number < FirstTypeAndCode ? (ushort)(first | 0xff) : number;
        return true;
    }

    private static bool TryParseOctet(ReadOnlySpan<char> text, out byte value) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
