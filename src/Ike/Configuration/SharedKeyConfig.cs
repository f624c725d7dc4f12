namespace Concentrator.Ike.Configuration;

/// <summary>A pre-shared key and the identities it is for (swanctl.conf <c>ike-*</c> secrets). No identity: it is for anybody.</summary>
public sealed record SharedKeyConfig(string Name, IReadOnlyList<IdentityPattern> Identities, Secret Key);
