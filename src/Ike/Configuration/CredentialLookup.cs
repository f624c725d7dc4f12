using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>Finds the pre-shared key for a pair of identities.</summary>
public static class CredentialLookup
{
    /// <summary>
    /// The key whose identities fit best: both ends named, then the peer, then us, then %any or no identity; an exact name before a pattern; of
    /// equals the first. A key that names us and somebody else is not for this peer. Null: none.
    /// </summary>
    /// <param name="keys">All keys.</param>
    /// <param name="local">Who we are.</param>
    /// <param name="remote">Who the peer is; null while it has not said so.</param>
    public static SharedKeyConfig? FindSharedKey(IReadOnlyList<SharedKeyConfig> keys, Identity local, Identity? remote)
    {
        SharedKeyConfig? best = null;
        int bestRank = 0;
        foreach (SharedKeyConfig key in keys)
        {
            int rank = Rank(key, local, remote);
            if (rank <= bestRank) continue;
            (best, bestRank) = (key, rank);
        }

        return best;
    }

    private static int Rank(SharedKeyConfig key, Identity local, Identity? remote)
    {
        if (key.Identities.Count == 0) return 1;
        IdentityMatch forUs = key.Identities.Max(i => i.Match(local));
        IdentityMatch forPeer = remote is null ? IdentityMatch.Any : key.Identities.Max(i => i.Match(remote));
        // RFC 7296 §2.15: the identity selects the key. One that names others, but not this peer, is for them.
        if (forPeer == IdentityMatch.None && key.Identities.Any(i => i.Match(local) == IdentityMatch.None)) return 0;
        if (remote is null && forUs == IdentityMatch.None) return 0;
        int named = (forUs > IdentityMatch.Any ? 1 : 0) + (forPeer > IdentityMatch.Any ? 1 : 0);
        return 2 + (((named * 4) + (int)forPeer) * 4) + (int)forUs;
    }
}
