namespace Concentrator.Ike.Configuration;

/// <summary>A pre-shared key and the identities it is for (swanctl.conf <c>ike-*</c> secrets). No identity: it is for anybody.</summary>
public sealed record SharedKeyConfig(string Name, IReadOnlyList<IdentityPattern> Identities, Secret Key)
{
    public bool IsSameAs(SharedKeyConfig other) => Name == other.Name && Identities.SequenceEqual(other.Identities) && Key.FixedTimeEquals(other.Key.Span);
}
