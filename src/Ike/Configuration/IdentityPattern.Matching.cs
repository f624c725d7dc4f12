using System.Text;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>How well an identity fits a pattern; more is better.</summary>
public enum IdentityMatch
{
    None = 0,
    Any = 1,
    Wildcard = 2,
    Exact = 3,
}

public sealed partial record IdentityPattern
{
    /// <summary>What says of which type a name is, the longer of two first.</summary>
    private static readonly (string Prefix, IdType Type)[] Prefixes =
        [("fqdn:", IdType.Fqdn), ("email:", IdType.Rfc822Address), ("rfc822:", IdType.Rfc822Address), ("@@", IdType.Rfc822Address), ("@", IdType.Fqdn)];

    /// <summary><c>%any</c>, <c>*.example.org</c>, <c>*@example.org</c>, <c>C=CH, CN=*</c>, or an exact identity.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static IdentityPattern Parse(string text)
    {
        string whole = text = text.Trim();
        if (text is "%any" or "%any6" or "*") return Any;
        if (text.StartsWith('%')) throw new FormatException($"'{text}' is no identity, did you mean '%any'?");
        int star = text.StartsWith("keyid:", StringComparison.OrdinalIgnoreCase) ? -1 : text.LastIndexOf('*');
        if (star < 0) return new IdentityPattern(Identity.Parse(text), null, null);
        if (text.Contains('=')) return OfName(text);
        text = WithoutPrefix(text, out IdType? type);
        star -= whole.Length - text.Length;
        bool isMail = type == IdType.Rfc822Address || (type is null && text.StartsWith("*@", StringComparison.Ordinal));
        if (star > 0 || text.Length < 3 || !(isMail ? text[1] == '@' : text[1] == '.'))
            throw new FormatException($"'{whole}': '*' may only stand for what comes before the first dot or the @ of a name");
        return new IdentityPattern(null, isMail ? IdType.Rfc822Address : IdType.Fqdn, text[1..]);
    }

    private static string WithoutPrefix(string text, out IdType? type)
    {
        foreach ((string prefix, IdType prefixed) in Prefixes)
        {
            if (!text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) continue;
            type = prefixed;
            return text[prefix.Length..];
        }

        type = null;
        return text;
    }

    public IdentityMatch Match(Identity identity)
    {
        if (IsAny) return IdentityMatch.Any;
        if (Exact is not null) return IsSame(Exact, identity) ? IdentityMatch.Exact : IdentityMatch.None;
        if (WildcardName is not null) return IsNameLike(WildcardName, identity) ? IdentityMatch.Wildcard : IdentityMatch.None;
        bool fits = identity.Type == WildcardType
            && identity.Data.Length > Encoding.UTF8.GetByteCount(WildcardSuffix!)
            && Encoding.UTF8.GetString(identity.Data.Span).EndsWith(WildcardSuffix!, StringComparison.OrdinalIgnoreCase);
        return fits ? IdentityMatch.Wildcard : IdentityMatch.None;
    }

    public bool Matches(Identity identity) => Match(identity) != IdentityMatch.None;

    private static IdentityPattern OfName(string text)
    {
        DistinguishedName name = DistinguishedName.Parse(text.StartsWith("asn1dn:", StringComparison.OrdinalIgnoreCase) ? text[7..] : text);
        return name.HasWildcards
            ? new IdentityPattern(null, IdType.DerAsn1Dn, null) { WildcardName = name }
            : new IdentityPattern(Identity.Parse(text), null, null);
    }

    /// <summary>Names of hosts, mailboxes and directories do not depend on case; everything else does.</summary>
    private static bool IsSame(Identity a, Identity b) => a.Equals(b) || (a.Type == b.Type && a.Type switch
    {
        IdType.Fqdn or IdType.Rfc822Address =>
            string.Equals(Encoding.UTF8.GetString(a.Data.Span), Encoding.UTF8.GetString(b.Data.Span), StringComparison.OrdinalIgnoreCase),
        IdType.DerAsn1Dn => DistinguishedName.Decode(a.Data.Span) is { } name && IsNameLike(name, b),
        _ => false,
    });

    private static bool IsNameLike(DistinguishedName pattern, Identity identity) =>
        identity.Type == IdType.DerAsn1Dn && DistinguishedName.Decode(identity.Data.Span) is { } name && pattern.Matches(name);

    public override string ToString() => IsAny ? "%any" : Exact?.ToString() ?? WildcardName?.ToString() ?? $"*{WildcardSuffix}";
}
