using System.Net;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>Finds the connection that a peer means: first by addresses alone, then by identities.</summary>
public static class ConnectionLookup
{
    /// <summary>All connections that allow these addresses, the narrowest remote range first, then the narrowest local one; of equals in the order of the file.</summary>
    public static IReadOnlyList<ConnectionConfig> FindForInit(GatewayConfig config, IPAddress local, IPAddress remote) =>
    [
        .. config.Connections
            .Where(c => c.AllowsLocal(local) && c.AllowsRemote(remote))
            .OrderBy(c => Breadth(c.RemoteAddresses, remote))
            .ThenBy(c => Breadth(c.LocalAddresses, local)),
    ];

    /// <summary>Size of the smallest range the address is in; %any is wider than any range.</summary>
    private static (bool IsAny, UInt128 Span) Breadth(IReadOnlyList<AddressRange> ranges, IPAddress address) =>
        ranges.Count == 0 ? (true, 0) : (false, ranges.Where(r => r.Contains(address)).Min(r => r.Span));

    /// <summary>
    /// Among candidates, the one whose remote id fits the peer best and whose local id is the one it asked for, if it asked (RFC 7296 §1.2:
    /// a hint, so another is taken when none fits). Null: nobody knows this peer.
    /// </summary>
    public static ConnectionConfig? FindForAuth(IReadOnlyList<ConnectionConfig> candidates, Identity remote, Identity? askedFor) =>
        candidates
            .Select(c => (Connection: c, Match: (c.Remote.Id ?? IdentityPattern.Any).Match(remote)))
            .Where(c => c.Match != IdentityMatch.None)
            .OrderByDescending(c => askedFor is not null && c.Connection.Local.Id?.Match(askedFor) == IdentityMatch.Exact)
            .ThenByDescending(c => c.Match)
            .Select(c => c.Connection)
            .FirstOrDefault();
}
