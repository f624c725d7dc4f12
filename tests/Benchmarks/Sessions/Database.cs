using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Store;

namespace Concentrator.Benchmarks;

/// <summary>Where sessions are stored for as long as a benchmark runs: <c>none</c>, <c>sqlite</c> in a folder of its own, <c>postgres</c> for a server of its own, or <c>postgres:CONNECTIONSTRING</c>.</summary>
internal sealed class Database : IDisposable
{
    private readonly string? _folder;
    private readonly PostgresServer? _server;

    public Database(string store)
    {
        string keys = KeyRing.NewLine();
        if (store == "sqlite")
        {
            _folder = Directory.CreateTempSubdirectory("concentrator-bench-").FullName;
            Options = new StoreOptions { Sqlite = Path.Combine(_folder, "sessions.db"), KeyText = keys };
        }
        else if (store == "postgres")
        {
            _server = new PostgresServer();
            Options = new StoreOptions { Postgres = _server.CreateDatabase(), KeyText = keys };
        }
        else if (store.StartsWith("postgres:", StringComparison.Ordinal))
        {
            Options = new StoreOptions { Postgres = store["postgres:".Length..], KeyText = keys };
        }
    }

    /// <summary>Null: nowhere.</summary>
    public StoreOptions? Options { get; }

    public ISessionStore Open() => Options!.Sqlite is { } file ? new SqliteSessionStore(file) : new PostgresSessionStore(Options.Postgres!);

    public void Dispose()
    {
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
        _server?.Dispose();
    }
}
