using System.Net;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Pools;

/// <summary>
/// One address of a pool and whose it is. Online as long as an IKE SA of that identity holds it: one, or two where the newer is about to replace the older.
/// Offline it waits for its identity to come back. Owned by its pool.
/// </summary>
internal sealed class AddressLease(IPAddress address, Identity identity)
{
    public IPAddress Address { get; } = address;

    public Identity Identity { get; } = identity;

    /// <summary>Those who hold it, in the order they came.</summary>
    public List<SessionId> Holders { get; } = new(1);

    /// <summary>Where the peer was that leased it last.</summary>
    public IPAddress Peer { get; set; } = IPAddress.None;

    /// <summary>Its place among those offline, the oldest first; null while it is online.</summary>
    public LinkedListNode<AddressLease>? Waiting { get; set; }

    public bool IsOnline => Holders.Count > 0;
}
