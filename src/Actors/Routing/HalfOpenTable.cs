using Concentrator.Kernel;

namespace Concentrator.Actors.Routing;

/// <summary>
/// Counts the responder's IKE SAs that nobody has authenticated yet, in all and by address of the peer (RFC 7296 §2.6). IPv6 peers count by their
/// /64, as one host has a whole one. Owned by the router, one thread. An entry goes when its IKE SA is authenticated or ends.
/// </summary>
internal sealed class HalfOpenTable
{
    private readonly Dictionary<SessionId, UInt128> _sessions = [];
    private readonly Dictionary<UInt128, int> _peers = [];

    public int Total => _sessions.Count;

    public int Of(in UdpEndpoint peer) => _peers.GetValueOrDefault(Key(peer));

    public void Add(SessionId session, in UdpEndpoint peer)
    {
        UInt128 key = Key(peer);
        if (!_sessions.TryAdd(session, key)) return;
        _peers[key] = _peers.GetValueOrDefault(key) + 1;
    }

    /// <summary>Nothing happens when it is not, or no longer, in the table.</summary>
    public void Remove(SessionId session)
    {
        if (!_sessions.Remove(session, out UInt128 key)) return;
        int left = _peers[key] - 1;
        if (left == 0) _peers.Remove(key);
        else _peers[key] = left;
    }

    private static UInt128 Key(in UdpEndpoint peer)
    {
        const int hostBits = 64;
        return peer.IsIpv6 ? peer.Bits >> hostBits << hostBits | 1 : peer.Bits;
    }
}
