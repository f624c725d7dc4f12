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
    /// <summary><c>%any</c>, <c>*.example.org</c>, <c>*@example.org</c>, or an exact identity.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static IdentityPattern Parse(string text)
    {
        text = text.Trim();
        if (text is "%any" or "%any6" or "*") return Any;
        if (text.StartsWith('%')) throw new FormatException($"'{text}' is no identity, did you mean '%any'?");
        int star = text.StartsWith("keyid:", StringComparison.OrdinalIgnoreCase) ? -1 : text.LastIndexOf('*');
        if (star < 0) return new IdentityPattern(Identity.Parse(text), null, null);
        bool isMail = text.StartsWith("*@", StringComparison.Ordinal);
        if (star > 0 || text.Length < 3 || !(isMail || text[1] == '.'))
            throw new FormatException($"'{text}': '*' may only stand for what comes before the first dot or the @ of a name");
        return new IdentityPattern(null, isMail ? IdType.Rfc822Address : IdType.Fqdn, text[1..]);
    }

    public IdentityMatch Match(Identity identity)
    {
        if (IsAny) return IdentityMatch.Any;
        if (Exact is not null) return IsSame(Exact, identity) ? IdentityMatch.Exact : IdentityMatch.None;
        bool fits = identity.Type == WildcardType
            && identity.Data.Length > Encoding.UTF8.GetByteCount(WildcardSuffix!)
            && Encoding.UTF8.GetString(identity.Data.Span).EndsWith(WildcardSuffix!, StringComparison.OrdinalIgnoreCase);
        return fits ? IdentityMatch.Wildcard : IdentityMatch.None;
    }

    public bool Matches(Identity identity) => Match(identity) != IdentityMatch.None;

    /// <summary>Names of hosts and mailboxes do not depend on case; everything else does.</summary>
    private static bool IsSame(Identity a, Identity b) =>
        a.Equals(b) || (a.Type == b.Type && a.Type is IdType.Fqdn or IdType.Rfc822Address
            && string.Equals(Encoding.UTF8.GetString(a.Data.Span), Encoding.UTF8.GetString(b.Data.Span), StringComparison.OrdinalIgnoreCase));

    public override string ToString() => IsAny ? "%any" : Exact?.ToString() ?? $"*{WildcardSuffix}";
}
