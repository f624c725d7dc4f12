using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>Finds the pre-shared key for a pair of identities.</summary>
public static class CredentialLookup
{
    /// <summary>
    /// The key whose identities fit best: both ends named, then the peer, then us, then a key for anybody; of equals the first. Null: none.
    /// </summary>
    public static SharedKeyConfig? FindSharedKey(IReadOnlyList<SharedKeyConfig> keys, Identity local, Identity remote)
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

    private static int Rank(SharedKeyConfig key, Identity local, Identity remote)
    {
        if (key.Identities.Count == 0) return 1;
        int forUs = key.Identities.Max(i => (int)i.Match(local));
        int forPeer = key.Identities.Max(i => (int)i.Match(remote));
        // A key that names identities, but neither of these, is for somebody else.
        return forUs == 0 && forPeer == 0 ? 0 : 2 + forPeer * 4 + forUs;
    }
}
