using System.Net;
using System.Net.Sockets;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;

namespace Concentrator.Configuration;

/// <summary>Addresses as swanctl.conf writes them: one, a network, a range, or a host's name.</summary>
internal static class AddressText
{
    public static AddressRange AnyOf(IPAddress any) => any.AddressFamily == AddressFamily.InterNetwork
        ? new AddressRange(IPAddress.Any, IPAddress.Broadcast)
        : new AddressRange(IPAddress.IPv6Any, IPAddress.Parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));

    /// <exception cref="FormatException">It is no address, network or range.</exception>
    public static AddressRange Parse(string text)
    {
        if (IPAddress.TryParse(text, out IPAddress? single)) return new AddressRange(single, single);
        if (IPNetwork.TryParse(text, out _) || text.Contains('/'))
        {
            TrafficSelector network = ParseNetwork(text);
            return new AddressRange(network.Start, network.End);
        }

        string[] ends = text.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length != 2 || !IPAddress.TryParse(ends[0], out IPAddress? start) || !IPAddress.TryParse(ends[1], out IPAddress? end)
            || start.AddressFamily != end.AddressFamily)
            throw new FormatException($"'{text}' is no address, network (10.1.0.0/16) or range (10.1.0.1-10.1.0.9)");
        var range = new AddressRange(start, end);
        return range.Contains(end) && range.Contains(start) ? range : throw new FormatException($"the range '{text}' runs backwards");
    }

    /// <summary>A network whose address has host bits is taken as the network it lies in, as swanctl does.</summary>
    private static TrafficSelector ParseNetwork(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 2 || !IPAddress.TryParse(parts[0], out IPAddress? address) || !byte.TryParse(parts[1], out byte prefix)
            || prefix > address.GetAddressBytes().Length * 8)
            throw new FormatException($"'{text}' is no network, such as 10.1.0.0/16");
        byte[] octets = address.GetAddressBytes();
        for (int bit = prefix; bit < octets.Length * 8; bit++) octets[bit / 8] &= (byte)~(0x80 >> bit % 8);
        return TrafficSelector.Parse($"{new IPAddress(octets)}/{prefix}");
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
