using System.Net;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Store;

/// <summary>
/// Leases of virtual IPs in the database of the sessions: one row an address, and no address twice, whoever of the cluster writes it. All members may be called
/// from any thread and never block the caller. A database that cannot be had, or does not answer in time, throws <see cref="StoreException"/>.
/// </summary>
internal interface ILeaseTable
{
    /// <summary>All leases of a pool, those included that its addresses of before are in.</summary>
    Task<IReadOnlyList<LeaseRow>> ReadLeasesAsync(string pool, CancellationToken cancel);

    /// <summary>How many addresses of each pool are online, and how many offline.</summary>
    Task<IReadOnlyDictionary<string, (int Online, int Offline)>> CountLeasesAsync(CancellationToken cancel);

    /// <summary>
    /// Each order by itself, in one statement: the address it gets, null where it gets none. What one gets no other can get. In this order: one that an older IKE
    /// SA of the identity is about to leave, one that it left, a free one, and with <see cref="LeaseOrder.MayReuse"/> the one that is offline for longest.
    /// </summary>
    Task<IReadOnlyList<IPAddress?>> LeaseAsync(IReadOnlyList<LeaseOrder> orders, CancellationToken cancel);

    /// <summary>All that these IKE SAs hold goes offline.</summary>
    Task ReleaseLeasesAsync(IReadOnlyCollection<SessionId> sessions, long now, CancellationToken cancel);

    /// <summary>What IKE SAs hold that have no row goes offline, unless it was leased since <paramref name="before"/>: their node died before they had one.</summary>
    Task SweepLeasesAsync(long before, long now, CancellationToken cancel);
}

/// <summary>A lease as it is written. <see cref="Session"/> is none where it is offline.</summary>
internal sealed record LeaseRow(IPAddress Address, Identity Identity, SessionId Session)
{
    /// <summary>The type and the octets of an identity.</summary>
    public static byte[] Write(Identity identity) => [(byte)identity.Type, .. identity.Data.Span];

    public static Identity ReadIdentity(byte[] octets) => new((Concentrator.Ike.Registries.IdType)octets[0], octets.AsSpan(1));
}

/// <summary>
/// A wish for an address of this pool. <see cref="Free"/>: addresses that nobody is known to have, to be tried in this order. <see cref="Now"/>: milliseconds since
/// 1970 by the node's clock.
/// </summary>
internal sealed record LeaseOrder(PoolConfig Pool, LeaseWish Wish, IReadOnlyList<IPAddress> Free, bool MayReuse, long Now);
