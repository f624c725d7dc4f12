using System.Net;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>Finds the connections a peer may mean: by addresses when its first message comes, by identities when it has named itself.</summary>
public static class ConnectionLookup
{
    /// <summary>
    /// The connections these two addresses may use, best first: the more specific remote address, then the more specific local one,
    /// then the order of the file. Empty: nobody we talk to.
    /// </summary>
    public static IReadOnlyList<ConnectionConfig> FindForInit(GatewayConfig config, IPAddress localAddress, IPAddress remoteAddress) =>
    [
        .. config.Connections
            .Where(c => c.AllowsLocal(localAddress) && c.AllowsRemote(remoteAddress))
            .OrderBy(c => Breadth(c.RemoteAddresses, remoteAddress))
            .ThenBy(c => Breadth(c.LocalAddresses, localAddress)),
    ];

    /// <summary>
    /// Those of <paramref name="candidates"/> that the identities fit, best first: the remote identity exact before pattern before
    /// %any, then the local one likewise, then the order given. Empty: AUTHENTICATION_FAILED.
    /// </summary>
    /// <param name="candidates">What <see cref="FindForInit"/> found.</param>
    /// <param name="remote">IDi, the peer's identity.</param>
    /// <param name="localHint">IDr, whom the peer wants to talk to; null where it does not say.</param>
    public static IReadOnlyList<ConnectionConfig> FindForAuth(IReadOnlyList<ConnectionConfig> candidates, Identity remote, Identity? localHint) =>
    [
        .. candidates
            .Select(c => (Connection: c, Remote: Match(c.Remote, remote), Local: Match(c.Local, localHint)))
            .Where(c => c.Remote != IdentityMatch.None && c.Local != IdentityMatch.None)
            .OrderByDescending(c => c.Remote)
            .ThenByDescending(c => c.Local)
            .Select(c => c.Connection),
    ];

    private static IdentityMatch Match(AuthConfig side, Identity? identity) =>
        identity is null || side.Id is null ? IdentityMatch.Any : side.Id.Match(identity);

    private static (int Undefined, UInt128 Span) Breadth(IReadOnlyList<AddressRange> ranges, IPAddress address) =>
        ranges.Count == 0 ? (1, 0) : (0, ranges.Where(r => r.Contains(address)).Min(r => r.Span));
}
