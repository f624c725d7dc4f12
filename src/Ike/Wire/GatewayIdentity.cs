using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Concentrator.Ike.Wire;

// RFC 5685 §7.2, §7.3, REDIRECT and REDIRECTED_FROM:
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | GW Ident Type |  GW Ident Len |                               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               ~
// ~                   New Responder GW Identity                   ~
// ~                     Nonce Data (IKE_SA_INIT)                  ~

/// <summary>A gateway by its address or its name: where a peer is redirected to, or from where it comes (RFC 5685). One of the two is null.</summary>
public sealed record GatewayIdentity
{
    private const int MaxName = 253;

    private GatewayIdentity(IPAddress? address, string? name) => (Address, Name) = (address, name);

    public IPAddress? Address { get; }

    /// <summary>A host's full name: letters, digits, hyphens and dots, nothing else.</summary>
    public string? Name { get; }

    public static GatewayIdentity Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new GatewayIdentity(address, null);
    }

    /// <summary>Null for a text that is neither an address nor a host's name.</summary>
    public static GatewayIdentity? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // The platform takes a number alone for an address.
        if ((text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3) && IPAddress.TryParse(text, out IPAddress? address)) return Of(address);
        return IsName(text) ? new GatewayIdentity(null, text) : null;
    }

    /// <summary>The data of the notify.</summary>
    /// <param name="nonce">The initiator's, in a response to IKE_SA_INIT alone; else empty.</param>
    public byte[] Write(ReadOnlySpan<byte> nonce)
    {
        byte[] identity = Address?.GetAddressBytes() ?? Encoding.ASCII.GetBytes(Name!);
        GatewayIdentityType type = Address?.AddressFamily switch
        {
            null => GatewayIdentityType.Name,
            AddressFamily.InterNetwork => GatewayIdentityType.Ipv4,
            _ => GatewayIdentityType.Ipv6,
        };
        return [(byte)type, (byte)identity.Length, .. identity, .. nonce];
    }

    /// <summary>Null where the data is no gateway's identity; <paramref name="nonce"/> is what stands behind it.</summary>
    public static GatewayIdentity? Read(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> nonce)
    {
        nonce = default;
        if (data.Length < 2 || data.Length - 2 < data[1]) return null;
        ReadOnlySpan<byte> identity = data.Slice(2, data[1]);
        nonce = data[(2 + data[1])..];
        switch ((GatewayIdentityType)data[0], identity.Length)
        {
            case (GatewayIdentityType.Ipv4, 4):
            case (GatewayIdentityType.Ipv6, 16):
                return Of(new IPAddress(identity));
            case (GatewayIdentityType.Name, > 0):
                string name = Encoding.Latin1.GetString(identity);
                return IsName(name) ? new GatewayIdentity(null, name) : null;
            default:
                return null;
        }
    }

    public override string ToString() => Address?.ToString() ?? Name!;

    private static bool IsName(string text) =>
        text.Length is > 0 and <= MaxName && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') && text.Any(char.IsAsciiLetter);

    // RFC 5685 §7.2.
    private enum GatewayIdentityType : byte
    {
        Ipv4 = 1,
        Ipv6 = 2,
        Name = 3,
    }
}
