using Concentrator.Actors.Node;

namespace Concentrator.Actors.Store;

/// <summary>Opens a node's session store.</summary>
internal static class NodeStoreFactory
{
    /// <summary>
    /// Null where sessions are not stored. Else the life of the node has begun in the database, or begins as soon as that can be reached: until then nothing new is taken.
    /// </summary>
    /// <param name="options">Where, and under which keys.</param>
    /// <param name="identity">The node's.</param>
    /// <param name="areOnOneHost">So are all nodes of its cluster: they may share a file.</param>
    /// <param name="log">Told what was chosen.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NodeStartException">
    /// There are no keys, the database refuses us or is damaged, or another node lives under this name or address or with other keys; the message says what to do.
    /// </exception>
    public static async Task<NodeStore?> OpenAsync(StoreOptions? options, NodeIdentity identity, bool areOnOneHost, NodeLog log, CancellationToken cancel)
    {
        if (options is null || (options.Sqlite ?? options.Postgres) is null)
        {
            log.Clu.NotStored();
            return null;
        }

        NodeStore? store = null;
        try
        {
            KeyRing keys = LoadKeys(options);
            store = new NodeStore(OpenDatabase(options, areOnOneHost), identity with { Keys = keys.Ids }, new SessionVault(keys));
            log.Clu.StoreChosen(options.Sqlite ?? "PostgreSQL", keys.Newest);
            await store.BeginLifeAsync(cancel).ConfigureAwait(false);
            return store;
        }
        catch (StoreUnreachableException away)
        {
            log.Clu.StoreUnavailable(away.Message);
            store!.Board.IsAvailable = false;
            return store;
        }
        catch (StoreException refused)
        {
            if (store is not null) await store.DisposeAsync().ConfigureAwait(false);
            throw new NodeStartException($"session store: {refused.Message}", refused);
        }
    }

    private static KeyRing LoadKeys(StoreOptions options) =>
        options.KeyText is { } text ? KeyRing.Parse(text, "the keys of the session store")
        : options.KeyFile is { } file ? KeyRing.Load(file)
        : throw new StoreException("stored sessions are encrypted: give --store-key FILE (concentrator cluster init-key makes one)");

    private static ISessionStore OpenDatabase(StoreOptions options, bool areOnOneHost) =>
        (options.Between ?? (database => database))(
            options.Postgres is { } connectionString ? new PostgresSessionStore(connectionString) : new SqliteSessionStore(options.Sqlite!, isShared: areOnOneHost));
}
