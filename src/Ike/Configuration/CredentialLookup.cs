using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>Finds the shared key of two identities. The key stays the configuration's: whoever keeps it longer copies it.</summary>
public static class CredentialLookup
{
    /// <summary>
    /// The best key: one that names both identities before one that names one, that before one that names none; the remote identity
    /// weighs more than the local, an exact name more than a pattern; of equals the first. Null: there is no key for these two.
    /// </summary>
    public static SharedKeyConfig? FindSharedKey(IReadOnlyList<SharedKeyConfig> keys, Identity local, Identity remote) =>
        keys.Select(key => (Key: key, Local: Best(key, local), Remote: Best(key, remote)))
            .Where(k => k.Local != IdentityMatch.None || k.Remote != IdentityMatch.None)
            .OrderByDescending(k => Named(k.Local) + Named(k.Remote))
            .ThenByDescending(k => k.Remote)
            .ThenByDescending(k => k.Local)
            .FirstOrDefault().Key;

    private static IdentityMatch Best(SharedKeyConfig key, Identity identity) =>
        key.Identities.Count == 0 ? IdentityMatch.Any : key.Identities.Max(pattern => pattern.Match(identity));

    private static int Named(IdentityMatch match) => match > IdentityMatch.Any ? 1 : 0;
}
