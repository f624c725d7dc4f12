namespace Concentrator.Actors.Store;

/// <summary>Where sessions are kept beyond the life of their node, and under which keys. Immutable. Neither place: they are not.</summary>
public sealed record StoreOptions
{
    /// <summary>A SQLite file, for one node, or for a cluster whose nodes are all on one host; made when there is none.</summary>
    public string? Sqlite { get; init; }

    /// <summary>Npgsql's connection string, for the nodes of a cluster.</summary>
    public string? Postgres { get; init; }

    /// <summary>A file of keys, the last of which writes; see <see cref="KeyText"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The same itself: a line a key, 64 hexadecimal digits.</summary>
    public string? KeyText { get; init; }

    /// <summary>For tests: what stands between the node and its database.</summary>
    internal Func<ISessionStore, ISessionStore>? Between { get; init; }
}
