using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>Identities as configuration writes them and logs show them.</summary>
public sealed partial class Identity
{
    private static readonly (string Prefix, IdType Type)[] Prefixes =
    [
        ("fqdn:", IdType.Fqdn),
        ("email:", IdType.Rfc822Address),
        ("rfc822:", IdType.Rfc822Address),
        ("keyid:", IdType.KeyId),
    ];

    public static Identity FromAddress(IPAddress address) => new(
        address.AddressFamily == AddressFamily.InterNetwork ? IdType.Ipv4Address : IdType.Ipv6Address, address.GetAddressBytes());

    /// <summary>
    /// Reads an identity with the rules of swanctl.conf: an address, <c>@fqdn</c>, <c>@@user@host</c>, <c>@#hex</c> (KEY_ID), <c>user@host</c>, a
    /// distinguished name (<c>C=CH, CN=moon</c>, in the order of the certificate), a type prefix (<c>fqdn:</c>, <c>email:</c>, <c>keyid:</c>, <c>ipv4:</c>, <c>ipv6:</c>, <c>asn1dn:</c>), else an FQDN.
    /// </summary>
    /// <exception cref="FormatException">The text is empty, or its type wants another form.</exception>
    public static Identity Parse(string text)
    {
        text = text.Trim();
        if (text.Length == 0) throw new FormatException("An identity is empty.");
        foreach ((string prefix, IdType type) in Prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return OfText(type, text[prefix.Length..]);
        }

        if (text.StartsWith("ipv4:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("ipv6:", StringComparison.OrdinalIgnoreCase))
            return FromAddress(IPAddress.TryParse(text[5..], out IPAddress? prefixed) ? prefixed : throw new FormatException($"'{text}' is no address."));
        if (text.StartsWith("asn1dn:", StringComparison.OrdinalIgnoreCase)) return OfName(text[7..]);
        if (text.StartsWith("@#", StringComparison.Ordinal)) return new Identity(IdType.KeyId, Convert.FromHexString(text[2..]));
        if (text.StartsWith("@@", StringComparison.Ordinal)) return OfText(IdType.Rfc822Address, text[2..]);
        if (text[0] == '@') return OfText(IdType.Fqdn, text[1..]);
        if (IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':') || text.Count(c => c == '.') == 3)) return FromAddress(address);
        if (text.Contains('=')) return OfName(text);
        return OfText(text.Contains('@') ? IdType.Rfc822Address : IdType.Fqdn, text);
    }

    private static Identity OfText(IdType type, string text) => new(type, Encoding.UTF8.GetBytes(text));

    private static Identity OfName(string text)
    {
        DistinguishedName name = DistinguishedName.Parse(text);
        return name.HasWildcards ? throw new FormatException($"'{text}' is a pattern, not an identity") : new Identity(IdType.DerAsn1Dn, name.Encode());
    }

    /// <summary>For logs: nothing but printable ASCII, whatever the octets are.</summary>
    public override string ToString()
    {
        ReadOnlySpan<byte> data = Data.Span;
        return Type switch
        {
            IdType.Ipv4Address when data.Length == 4 => new IPAddress(data).ToString(),
            IdType.Ipv6Address when data.Length == 16 => new IPAddress(data).ToString(),
            IdType.Fqdn or IdType.Rfc822Address => Escape(data),
            IdType.DerAsn1Dn => NameText(data),
            IdType.KeyId when IsPrintable(data) => Escape(data),
            _ => Convert.ToHexStringLower(data),
        };
    }

    private static string NameText(ReadOnlySpan<byte> der) => DistinguishedName.Decode(der)?.ToString() ?? Convert.ToHexStringLower(der);

    private static bool IsPrintable(ReadOnlySpan<byte> data) => data.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7e) < 0;

    private static string Escape(ReadOnlySpan<byte> data)
    {
        StringBuilder text = new(data.Length);
        foreach (byte octet in data)
        {
            if (octet is >= 0x20 and <= 0x7e and not (byte)'\\' and not (byte)'\'') text.Append((char)octet);
            else text.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}");
        }

        return text.ToString();
    }
}
