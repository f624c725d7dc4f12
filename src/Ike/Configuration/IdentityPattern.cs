using System.Text;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>
/// An identity as configuration writes it, matched against what a peer sends: an exact one, or <c>%any</c>, or an FQDN or e-mail
/// pattern whose leading label is <c>*</c> (<c>*.example.org</c>, <c>*@example.org</c>), as in swanctl.conf.
/// </summary>
public sealed partial record IdentityPattern(Identity? Exact, IdType? WildcardType, string? WildcardSuffix)
{
    public static IdentityPattern Any { get; } = new(null, null, null);

    public bool IsAny => Exact is null && WildcardType is null;

    public bool Matches(Identity identity) => Match(identity) != IdentityMatch.None;

    /// <summary>Names compare without regard to case (RFC 4343), all else octet by octet. A suffix covers any number of labels before it.</summary>
    public IdentityMatch Match(Identity identity)
    {
        if (IsAny) return IdentityMatch.Any;
        if (Exact is not null) return SameName(Exact, identity) ? IdentityMatch.Exact : IdentityMatch.None;
        bool matches = identity.Type == WildcardType
            && identity.Data.Length > Encoding.UTF8.GetByteCount(WildcardSuffix!)
            && Encoding.UTF8.GetString(identity.Data.Span).EndsWith(WildcardSuffix!, StringComparison.OrdinalIgnoreCase);
        return matches ? IdentityMatch.Wildcard : IdentityMatch.None;
    }

    private static bool SameName(Identity left, Identity right)
    {
        if (left.Type != right.Type || left.Data.Length != right.Data.Length) return false;
        return left.Type is IdType.Fqdn or IdType.Rfc822Address
            ? Ascii.EqualsIgnoreCase(left.Data.Span, right.Data.Span) || left.Equals(right)
            : left.Equals(right);
    }
}
