using System.Text.Json;
using Concentrator.Actors.Routing;
using Microsoft.Data.Sqlite;

namespace Concentrator.Actors.Store;

/// <summary>
/// Rows in a SQLite file, for one node or for several of one host: write-ahead log, on the disk before a write is answered. The file is opened at the first life and again after a failure;
/// only its owner may read it. It has a thread of its own.
/// </summary>
/// <param name="path">Made where there is none.</param>
/// <param name="isShared">Other nodes of this host use it too.</param>
/// <param name="watch">How long the heart of another is watched before it counts as dead.</param>
/// <remarks>Parts: opening and lives here, Rows (writing, claiming, sampling), Leases (virtual IPs).</remarks>
internal sealed partial class SqliteSessionStore(string path, bool isShared = false, TimeSpan? watch = null) : ISessionStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int BusyMilliseconds = 2000;

    private readonly StoreThread _thread = new("session store");
    private SqliteConnection? _connection;

    public async Task<long> BeginLifeAsync(NodeIdentity node, CancellationToken cancel)
    {
        IReadOnlyList<LifeRow> rivals = await RunAsync(connection => LifeRules.Rivals(ReadLives(connection), node, isOneNodes: !isShared)).ConfigureAwait(false);
        if (rivals.Count > 0)
        {
            await Task.Delay(watch ?? LifeRules.Watch, cancel).ConfigureAwait(false);
            IReadOnlyList<LifeRow> now = await RunAsync(ReadLives).ConfigureAwait(false);
            if (LifeRules.Living(rivals, now) is { } living) throw LifeRules.Conflict(node, living);
        }

        return await RunAsync(connection => Begin(connection, node)).ConfigureAwait(false);
    }

    public Task<LifeState> BeatAsync(long epoch, int member, CancellationToken cancel) => RunAsync(connection =>
    {
        using SqliteCommand beat = Command(
            connection, "update node set beats = beats + 1, seen = unixepoch(), member = $member where epoch = $epoch returning given_up", ("$epoch", epoch), ("$member", member));
        return LifeRules.State(beat.ExecuteScalar() is { } givenUp ? (long)givenUp != 0 : null);
    });

    public Task GiveUpAsync(IReadOnlyCollection<int> members, CancellationToken cancel) => RunAsync(connection =>
    {
        using SqliteCommand giveUp = Command(
            connection, "update node set given_up = true where member in (select value from json_each($members))", ("$members", JsonSerializer.Serialize(members)));
        return giveUp.ExecuteNonQuery();
    });

    public Task EndLifeAsync(long epoch, CancellationToken cancel) => RunAsync(connection =>
    {
        using SqliteCommand end = Command(connection, "delete from node where epoch = $epoch", ("$epoch", epoch));
        return end.ExecuteNonQuery();
    });

    public async ValueTask DisposeAsync()
    {
        await _thread.RunAsync(() => Close()).ConfigureAwait(false);
        _thread.Dispose();
    }

    private async Task<T> RunAsync<T>(Func<SqliteConnection, T> call)
    {
        try
        {
            return await _thread.RunAsync(() => Call(call)).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path}: {fault.Message}", fault);
        }
    }

    /// <summary>On the thread. A connection that failed is not used again: what it holds open is not known.</summary>
    private T Call<T>(Func<SqliteConnection, T> call)
    {
        try
        {
            return call(_connection ??= Open());
        }
        catch (Exception fault) when (fault is SqliteException or StoreException)
        {
            Close();
            throw;
        }
    }

    private SqliteConnection Open()
    {
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        // SQLite gives its files to everybody who may read the folder.
        if (!File.Exists(path)) new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }).Dispose();
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusyMilliseconds / 1000 }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"pragma busy_timeout = {BusyMilliseconds}; pragma journal_mode = wal; pragma synchronous = full");
            CheckWhole(connection);
            Migrate(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A file that was cut or written to by others says so here, not in the middle of a take-over.</summary>
    private void CheckWhole(SqliteConnection connection)
    {
        using SqliteCommand check = Command(connection, "pragma quick_check(1)");
        if (check.ExecuteScalar() is string said && said != "ok")
            throw new StoreException($"{path} is damaged ({said}): put it aside, and sessions begin anew; or restore it with sqlite3's .recover");
    }

    private static void Migrate(SqliteConnection connection)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, "create table if not exists schema_version (version int not null)");
        using SqliteCommand read = Command(connection, "select coalesce(max(version), 0) from schema_version");
        int version = (int)(long)read.ExecuteScalar()!;
        SchemaSteps.Check(version);
        foreach (string step in SchemaSteps.All.Skip(version)) Execute(connection, step);
        if (version != SchemaSteps.Newest) Execute(connection, $"delete from schema_version; insert into schema_version (version) values ({SchemaSteps.Newest})");
        transaction.Commit();
    }

    private long Begin(SqliteConnection connection, NodeIdentity node)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        using SqliteCommand draw = Command(connection, "update life set last_epoch = last_epoch + 1 returning last_epoch");
        long epoch = (long)draw.ExecuteScalar()!;
        using SqliteCommand enter = Command(
            connection,
            "delete from node where name = $name or address = $address or not $shared; insert into node (epoch, name, address, keys, place, process, beats, seen) values ($epoch, $name, $address, $keys, $place, $process, 0, unixepoch())",
            ("$epoch", epoch), ("$name", node.Name), ("$address", node.Address), ("$keys", string.Join(' ', node.Keys)), ("$place", NodePlace.Own.Place), ("$process", NodePlace.Own.Process),
            ("$shared", isShared));
        enter.ExecuteNonQuery();
        transaction.Commit();
        return epoch;
    }

    private static List<LifeRow> ReadLives(SqliteConnection connection)
    {
        using SqliteCommand read = Command(connection, LifeRow.Query);
        using SqliteDataReader reader = read.ExecuteReader();
        List<LifeRow> lives = [];
        while (reader.Read())
            lives.Add(LifeRow.Read(reader));
        return lives;
    }

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        // Every text is a constant of this class.
#pragma warning disable CA2100
        command.CommandText = text;
#pragma warning restore CA2100
        foreach ((string name, object value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using SqliteCommand command = Command(connection, text);
        command.ExecuteNonQuery();
    }

    private bool Close()
    {
        _connection?.Dispose();
        _connection = null;
        return true;
    }
}
