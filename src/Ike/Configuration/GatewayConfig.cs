namespace Concentrator.Ike.Configuration;

/// <summary>All that a configuration file says: immutable, checked, resolved.</summary>
public sealed record GatewayConfig(IReadOnlyList<ConnectionConfig> Connections, IReadOnlyList<SharedKeyConfig> SharedKeys);
