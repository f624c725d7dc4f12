using System.Net;
using Akka.Actor;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Pools;

/// <summary>An IKE SA's peer wants addresses. The sender is told <see cref="AddressesLeased"/> or <see cref="AddressesRefused"/>, always.</summary>
internal sealed record LeaseFor(SessionId Session, LeaseAddresses Wish) : INoSerializationVerificationNeeded;

/// <summary>An IKE SA needs its leases no more. Not answered.</summary>
internal sealed record ReleaseFor(SessionId Session) : INoSerializationVerificationNeeded;

/// <summary>A pool is new, or is to be another. Answered by <see cref="PoolChanged"/>.</summary>
internal sealed record LoadPool(PoolConfig Pool) : INoSerializationVerificationNeeded;

/// <summary>A pool is to go. Answered by <see cref="PoolChanged"/>.</summary>
internal sealed record UnloadPool(string Name) : INoSerializationVerificationNeeded;

/// <summary>The configuration was read anew: these are the pools now. Those that are not among them go, unless they are in use. Not answered.</summary>
internal sealed record ReplacePools(IReadOnlyList<PoolConfig> Pools) : INoSerializationVerificationNeeded;

/// <summary>Null: it is done. Else why it cannot be.</summary>
internal sealed record PoolChanged(string? Refusal) : INoSerializationVerificationNeeded;

/// <summary>Answered with the <see cref="PoolSnapshot"/>s in an array.</summary>
internal sealed record GetPools(bool WithLeases) : INoSerializationVerificationNeeded;

/// <summary>A pool at one moment. <see cref="Size"/>: how many addresses it has; <see cref="Leases"/> are told only where they were asked for.</summary>
public sealed record PoolSnapshot(string Name, AddressRange Addresses, UInt128 Size, int Online, int Offline, IReadOnlyList<LeaseSnapshot> Leases);

/// <summary>An address and whose it is, or was until it went offline.</summary>
public sealed record LeaseSnapshot(IPAddress Address, string Identity, bool IsOnline);
