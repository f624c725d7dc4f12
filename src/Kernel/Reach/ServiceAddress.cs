using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Concentrator.Kernel;

/// <summary>An address that a cluster serves and one of its nodes has at a time: <c>192.0.2.10/24%eth0</c>.</summary>
public sealed record ServiceAddress(IPAddress Address, int PrefixLength, string Device)
{
    private const int LongestName = 15;
    private const string Loopback = "lo";

    /// <summary>
    /// One of 127.0.0.0/8, which a host always has, all of it: for nodes that are all on one host, and the one that listens on it is the one that has it. No right is
    /// needed, and a node that stands still does not lose it.
    /// </summary>
    public bool IsLoopback => Device == Loopback && Address.AddressFamily == AddressFamily.InterNetwork && IPAddress.IsLoopback(Address);

    public static bool TryParse(string text, [NotNullWhen(true)] out ServiceAddress? parsed)
    {
        parsed = null;
        int percent = text.IndexOf('%', StringComparison.Ordinal), slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || percent < slash || !IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)) return false;
        string device = text[(percent + 1)..];
        int longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        bool isGood = int.TryParse(text.AsSpan(slash + 1, percent - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int prefix)
            && prefix > 0 && prefix <= longest && device.Length is > 0 and <= LongestName && !device.Any(c => char.IsWhiteSpace(c) || c is '/')
            && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
        if (!isGood) return false;
        ServiceAddress good = new(address, prefix, device);
        if (IPAddress.IsLoopback(address) && !good.IsLoopback) return false;
        parsed = good;
        return true;
    }

    public override string ToString() => $"{Address}/{PrefixLength}%{Device}";
}
