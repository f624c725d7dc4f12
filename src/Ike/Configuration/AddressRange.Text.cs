using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Concentrator.Ike.Selectors;

namespace Concentrator.Ike.Configuration;

/// <summary>Address ranges as swanctl.conf writes them: <c>192.0.2.1</c>, <c>10.0.0.0/8</c>, <c>10.0.0.1-10.0.0.9</c>.</summary>
public sealed partial record AddressRange
{
    /// <summary>Every IPv4 address (<c>%any4</c>).</summary>
    public static AddressRange AnyIpv4 { get; } = OfSubnet(IPAddress.Any, 0);

    /// <summary>Every IPv6 address (<c>%any6</c>).</summary>
    public static AddressRange AnyIpv6 { get; } = OfSubnet(IPAddress.IPv6Any, 0);

    /// <summary>How many addresses there are beside the first: the less, the more specific.</summary>
    public UInt128 Span => AddressValue.Of(End) - AddressValue.Of(Start);

    public static AddressRange Of(IPAddress address) => new(address, address);

    /// <summary>Host bits of a subnet are ignored, as everywhere in the field: <c>10.1.2.3/8</c> is <c>10.0.0.0/8</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddressRange? range)
    {
        range = ParseSubnet(text) ?? ParseRange(text, "..") ?? ParseRange(text, "-");
        if (range is null && TryParseAddress(text, out IPAddress? single)) range = Of(single);
        return range is not null;
    }

    /// <summary>Only the whole notations: four numbers with dots, or IPv6 without a scope. Not <c>10.1</c>, which the BCL reads as 10.0.0.1.</summary>
    public static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        bool isWhole = text.Contains(':', StringComparison.Ordinal)
            ? !text.AsSpan().ContainsAny('%', '[', ']')
            : text.Split('.') is { Length: 4 } parts && parts.All(IsDecimalOctet);
        return isWhole && IPAddress.TryParse(text, out address);
    }

    public override string ToString() => IsSingle ? Start.ToString() : new TrafficSelector(Start, End, 0, 0, ushort.MaxValue).ToString();

    private static bool IsDecimalOctet(string text) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) && (text.Length == 1 || text[0] != '0');

    private static AddressRange? ParseSubnet(string text)
    {
        int slash = text.IndexOf('/');
        if (slash < 0 || !TryParseAddress(text[..slash], out IPAddress? address)) return null;
        bool isLength = int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length);
        return isLength && length <= AddressValue.BitsOf(address.AddressFamily) ? OfSubnet(address, length) : null;
    }

    private static AddressRange OfSubnet(IPAddress address, int length)
    {
        AddressFamily family = address.AddressFamily;
        UInt128 host = AddressValue.LowBits(AddressValue.BitsOf(family) - length), value = AddressValue.Of(address);
        return new AddressRange(AddressValue.ToAddress(value & ~host, family), AddressValue.ToAddress(value | host, family));
    }

    private static AddressRange? ParseRange(string text, string separator)
    {
        string[] ends = text.Split(separator, StringSplitOptions.TrimEntries);
        return ends.Length == 2
            && TryParseAddress(ends[0], out IPAddress? start) && TryParseAddress(ends[1], out IPAddress? end)
            && start.AddressFamily == end.AddressFamily && AddressValue.Of(start) <= AddressValue.Of(end)
            ? new AddressRange(start, end)
            : null;
    }
}
