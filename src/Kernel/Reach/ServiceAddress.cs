using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Concentrator.Kernel;

/// <summary>An address that a cluster serves and one of its nodes has at a time: <c>192.0.2.10/24%eth0</c>.</summary>
public sealed record ServiceAddress(IPAddress Address, int PrefixLength, string Device)
{
    private const int LongestName = 15;

    public static bool TryParse(string text, [NotNullWhen(true)] out ServiceAddress? parsed)
    {
        parsed = null;
        int percent = text.IndexOf('%', StringComparison.Ordinal), slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || percent < slash || !IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)) return false;
        string device = text[(percent + 1)..];
        int longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        bool isGood = int.TryParse(text.AsSpan(slash + 1, percent - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int prefix)
            && prefix > 0 && prefix <= longest && device.Length is > 0 and <= LongestName && !device.Any(c => char.IsWhiteSpace(c) || c is '/')
            && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
        if (isGood) parsed = new ServiceAddress(address, prefix, device);
        return isGood;
    }

    public override string ToString() => $"{Address}/{PrefixLength}%{Device}";
}
