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
        if (text.StartsWith("*@", StringComparison.Ordinal)) return new IdentityPattern(null, IdType.Rfc822Address, text[1..]);
        if (text.StartsWith("*.", StringComparison.Ordinal)) return new IdentityPattern(null, IdType.Fqdn, text[1..]);
        return new IdentityPattern(Identity.Parse(text), null, null);
    }

    public IdentityMatch Match(Identity identity)
    {
        if (IsAny) return IdentityMatch.Any;
        if (Exact is not null) return IsSame(Exact, identity) ? IdentityMatch.Exact : IdentityMatch.None;
        bool fits = identity.Type == WildcardType
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
