using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>Identities as swanctl.conf writes them: the type follows from the form, or stands before a colon (<c>keyid:</c>, <c>fqdn:</c>, <c>email:</c>).</summary>
public sealed partial record IdentityPattern
{
    /// <summary>Longer identities would not fit any sensible message.</summary>
    private const int LongestText = 1024;

    private static readonly string[] AnyWords = ["%any", "%any6", "*", "0.0.0.0", "::", "0::0"];

    private static readonly (string Prefix, IdType Type)[] Prefixes =
    [
        ("ipv4:", IdType.Ipv4Address), ("ipv6:", IdType.Ipv6Address), ("fqdn:", IdType.Fqdn), ("dns:", IdType.Fqdn),
        ("rfc822:", IdType.Rfc822Address), ("email:", IdType.Rfc822Address), ("userfqdn:", IdType.Rfc822Address), ("keyid:", IdType.KeyId),
        ("asn1dn:", IdType.DerAsn1Dn), ("dn:", IdType.DerAsn1Dn), ("asn1gn:", IdType.DerAsn1Gn),
    ];

    /// <exception cref="FormatException">The text is no identity this program knows.</exception>
    public static IdentityPattern Parse(string text) => TryParse(text, out IdentityPattern? pattern, out string? error) ? pattern : throw new FormatException(error);

    public static bool TryParse(string text, [NotNullWhen(true)] out IdentityPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        pattern = null;
        error = text.Length switch
        {
            0 => "empty identity",
            > LongestText => "identity is too long",
            _ => text.Any(char.IsControl) ? "identity has control characters" : Read(text, out pattern),
        };
        return error is null && pattern is not null;
    }

    /// <summary>As configuration writes it, so that it reads back the same.</summary>
    public override string ToString()
    {
        if (IsAny) return "%any";
        return Exact is null ? $"*{WildcardSuffix}" : Format(Exact);
    }

    private static string? Read(string text, out IdentityPattern? pattern)
    {
        pattern = null;
        if (AnyWords.Contains(text))
        {
            pattern = Any;
            return null;
        }

        foreach ((string prefix, IdType type) in Prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return ReadTyped(type, text[prefix.Length..], out pattern);
        }

        if (AddressRange.TryParseAddress(text, out IPAddress? address))
        {
            pattern = Of(address);
            return null;
        }

        if (text.StartsWith("@#", StringComparison.Ordinal)) return ReadTyped(IdType.KeyId, text[1..], out pattern);
        if (text.StartsWith("@@", StringComparison.Ordinal)) return ReadTyped(IdType.Rfc822Address, text[2..], out pattern);
        if (text[0] == '@') return ReadTyped(IdType.Fqdn, text[1..], out pattern);
        if (text[0] == '%') return $"unknown identity '{Spelling.Quotable(text)}', did you mean '%any'?";
        if (text.Contains('=')) return "distinguished names are not supported yet (for a key id write keyid: before it)";
        return ReadTyped(text.Contains('@') ? IdType.Rfc822Address : IdType.Fqdn, text, out pattern);
    }

    private static string? ReadTyped(IdType type, string value, out IdentityPattern? pattern)
    {
        pattern = null;
        if (value.Length == 0) return "empty identity";
        switch (type)
        {
            case IdType.DerAsn1Dn or IdType.DerAsn1Gn:
                return "distinguished names are not supported yet";
            case IdType.Ipv4Address or IdType.Ipv6Address:
                if (!AddressRange.TryParseAddress(value, out IPAddress? address)) return $"'{Spelling.Quotable(value)}' is no address";
                pattern = Of(address);
                return pattern.Exact!.Type == type ? null : $"'{Spelling.Quotable(value)}' is of the other address family";
            case IdType.KeyId:
                return ReadKeyId(value, out pattern);
            default:
                return ReadName(type, value, out pattern);
        }
    }

    private static string? ReadKeyId(string value, out IdentityPattern? pattern)
    {
        // As in strongSwan: octets in hexadecimal after '#', else the text itself.
        pattern = null;
        byte[] octets = new byte[value.Length / 2];
        if (value[0] != '#')
        {
            pattern = OfExact(IdType.KeyId, value);
            return null;
        }

        bool isHex = value.Length % 2 == 1 && value.Length > 1
            && Convert.FromHexString(value.AsSpan(1), octets, out _, out _) == System.Buffers.OperationStatus.Done;
        if (!isHex) return "a key id after '#' is an even number of hexadecimal digits";
        pattern = new IdentityPattern(new Identity(IdType.KeyId, octets), null, null);
        return null;
    }

    private static string? ReadName(IdType type, string value, out IdentityPattern? pattern)
    {
        pattern = null;
        if (value[0] != '*')
        {
            if (value.Contains('*')) return "'*' may only stand for the first label of a name";
            pattern = OfExact(type, value);
            return null;
        }

        char separator = type == IdType.Fqdn ? '.' : '@';
        if (value.Length < 3 || value[1] != separator || value.IndexOf('*', 1) >= 0) return "'*' may only stand for the first label of a name";
        pattern = new IdentityPattern(null, type, value[1..]);
        return null;
    }

    private static IdentityPattern Of(IPAddress address) => new(
        new Identity(address.AddressFamily == AddressFamily.InterNetwork ? IdType.Ipv4Address : IdType.Ipv6Address, address.GetAddressBytes()), null, null);

    private static IdentityPattern OfExact(IdType type, string text) => new(new Identity(type, Encoding.UTF8.GetBytes(text)), null, null);

    private static string Format(Identity identity)
    {
        ReadOnlySpan<byte> data = identity.Data.Span;
        string text = Encoding.UTF8.GetString(data);
        return identity.Type switch
        {
            IdType.Ipv4Address when data.Length == 4 => new IPAddress(data).ToString(),
            IdType.Ipv6Address when data.Length == 16 => new IPAddress(data).ToString(),
            IdType.Fqdn => WithPrefixIfNeeded("fqdn:", text, identity),
            IdType.Rfc822Address => WithPrefixIfNeeded("email:", text, identity),
            IdType.KeyId when text.Length != 0 && text[0] != '#' && text.All(c => c is >= ' ' and < '\x7f') => $"keyid:{text}",
            IdType.KeyId => $"keyid:#{Convert.ToHexStringLower(data)}",
            _ => $"{identity.Type}:#{Convert.ToHexStringLower(data)}",
        };
    }

    private static string WithPrefixIfNeeded(string prefix, string text, Identity identity) =>
        TryParse(text, out IdentityPattern? plain, out _) && identity.Equals(plain.Exact) ? text : prefix + text;
}
