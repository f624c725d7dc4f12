using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>
/// An identity as configuration writes it, matched against what a peer sends: an exact one, or <c>%any</c>, or an FQDN or e-mail
/// pattern whose leading label is <c>*</c> (<c>*.example.org</c>, <c>*@example.org</c>), or a distinguished name some of whose values are <c>*</c>
/// (<c>C=CH, O=strongSwan, CN=*</c>), as in swanctl.conf.
/// </summary>
public sealed partial record IdentityPattern(Identity? Exact, IdType? WildcardType, string? WildcardSuffix)
{
    public static IdentityPattern Any { get; } = new(null, null, null);

    /// <summary>A distinguished name with at least one value <c>*</c>.</summary>
    public DistinguishedName? WildcardName { get; init; }

    public bool IsAny => Exact is null && WildcardType is null;
}
