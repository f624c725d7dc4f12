using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Store;

/// <summary>A node's session store: the database, the life that was begun in it, the keys, and how it fares. Owns the first and the last but one.</summary>
internal sealed class NodeStore(ISessionStore database, NodeIdentity identity, SessionVault vault) : IAsyncDisposable
{
    private long _epoch;

    public ISessionStore Database { get; } = database;

    public SessionVault Vault { get; } = vault;

    public StoreBoard Board { get; } = new();

    /// <summary>Of this life; 0 before it has begun.</summary>
    public long Epoch => Interlocked.Read(ref _epoch);

    public bool HasBegun => Epoch != 0;

    /// <summary>Before the first call of the database, and again where that has forgotten this life.</summary>
    /// <exception cref="StoreException">The database cannot be had, or another node lives under this name or address.</exception>
    public async Task BeginLifeAsync(CancellationToken cancel) =>
        Interlocked.Exchange(ref _epoch, await Database.BeginLifeAsync(identity, cancel).ConfigureAwait(false));

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync().ConfigureAwait(false);
        Vault.Dispose();
    }
}
