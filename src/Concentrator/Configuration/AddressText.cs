using System.Net;
using System.Net.Sockets;
using Concentrator.Ike.Configuration;

namespace Concentrator.Configuration;

/// <summary>Addresses as swanctl.conf writes them: one, a network, a range, or a host's name.</summary>
internal static class AddressText
{
    /// <exception cref="FormatException">It is no address, network or range.</exception>
    public static AddressRange Parse(string text)
    {
        if (AddressRange.TryParse(text, out AddressRange? range)) return range;
        throw new FormatException(text.Contains('/')
            ? $"'{text}' is no network, such as 10.1.0.0/16"
            : $"'{text}' is no address, network (10.1.0.0/16) or range (10.1.0.1-10.1.0.9)");
    }

    /// <summary>As <see cref="Parse"/>; anything else is a host's name, and all its addresses.</summary>
    /// <exception cref="FormatException">It is none of them, or the name is not known.</exception>
    public static IReadOnlyList<AddressRange> ParseOrResolve(string text)
    {
        bool isName = text.Any(char.IsAsciiLetter) && !text.Contains(':') && !text.Contains('/') && !text.Contains('%') && !text.Contains(' ');
        if (!isName) return [Parse(text)];
        try
        {
            return [.. Dns.GetHostAddresses(text).Select(a => new AddressRange(a, a))];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new FormatException($"the host name '{text}' cannot be resolved");
        }
    }
}
