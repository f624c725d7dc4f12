using System.Net;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Pools;

/// <summary>An address that was leased, and the pool that it is from.</summary>
internal readonly record struct Lease(string Pool, IPAddress Address);

/// <summary>
/// Who keeps which address is whose. Asked by the <see cref="PoolsActor"/> alone, one question at a time, and what it asks it has asked in the order it happened.
/// </summary>
internal interface ILeases
{
    /// <summary>Null: there is such a pool now. Else why not.</summary>
    ValueTask<string?> LoadAsync(PoolConfig pool);

    /// <summary>Null: there is no such pool now. Else why there is.</summary>
    ValueTask<string?> UnloadAsync(string pool);

    /// <summary>What each wish gets: an address for each that it asks for, of the first of its pools that has one; none for those that no pool has.</summary>
    ValueTask<IReadOnlyList<Lease>[]> LeaseAsync(IReadOnlyList<LeaseFor> wishes);

    ValueTask ReleaseAsync(IReadOnlyList<SessionId> sessions);

    /// <summary>From time to time: what nobody gave back, and nobody can any more, is given back.</summary>
    ValueTask TidyAsync();

    ValueTask<PoolSnapshot[]> ListAsync(bool withLeases);
}
