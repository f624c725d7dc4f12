namespace Concentrator.Ike.Configuration;

/// <summary>
/// How one side of a connection proves who it is. This version knows pre-shared keys.
/// <see cref="Id"/> null: on the local side the address in use, on the remote side anybody (%any) whose key is known.
/// </summary>
public sealed record AuthConfig(IdentityPattern? Id);
