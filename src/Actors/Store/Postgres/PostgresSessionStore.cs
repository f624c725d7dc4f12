using System.Net.Sockets;
using Npgsql;

namespace Concentrator.Actors.Store;

/// <summary>
/// Rows in PostgreSQL, for the nodes of a cluster. Statements are few and whole batches (<c>unnest</c>), so that a row costs microseconds and a batch one
/// round trip and a transaction by itself: the database waits for no node that stands still in the middle of one.
/// </summary>
/// <remarks>Parts: lives here, Rows (writing, claiming, sampling), Leases (virtual IPs).</remarks>
internal sealed partial class PostgresSessionStore : ISessionStore
{
    /// <summary>Whoever changes the tables, or begins a life, has this advisory lock meanwhile.</summary>
    private const long ChangeLock = 0x636f_6e63_656e_7472;
    private const int TimeoutSeconds = 3;
    private const int Statements = 32;

    /// <summary>
    /// Each row is found by its key. A plan is kept that was made when the tables were empty, and would read them whole when ten thousand sessions are there. So each table that is joined with
    /// a list is asked for the list's keys as well: then no order of the join reads more.
    /// </summary>
    private const string KeysOnly = "set enable_seqscan = off; set jit = off";

    private readonly NpgsqlDataSource _source;
    private readonly string _name;
    private readonly TimeSpan _watch;
    private bool _isMigrated;

    /// <param name="connectionString">Npgsql's; time-outs that it does not give are ours.</param>
    /// <param name="watch">How long the heart of another is watched before it counts as dead.</param>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public PostgresSessionStore(string connectionString, TimeSpan? watch = null)
    {
        _watch = watch ?? LifeRules.Watch;
        try
        {
            NpgsqlConnectionStringBuilder builder = new(connectionString);
            if (!builder.ContainsKey("Timeout")) builder.Timeout = TimeoutSeconds;
            if (!builder.ContainsKey("Command Timeout")) builder.CommandTimeout = TimeoutSeconds;
            // The same few statements again and again, and no call leaves anything behind in its session.
            if (!builder.ContainsKey("Max Auto Prepare")) (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (Statements, 2);
            if (!builder.ContainsKey("No Reset On Close")) builder.NoResetOnClose = true;
            _name = $"PostgreSQL at {builder.Host}, database {builder.Database}";
            NpgsqlDataSourceBuilder source = new(builder.ToString());
            source.UsePhysicalConnectionInitializer(FindByKeys, FindByKeysAsync);
            _source = source.Build();
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new StoreException("the connection string of the store cannot be read: it looks like Host=db;Database=concentrator;Username=concentrator", fault);
        }
    }

    public async Task<long> BeginLifeAsync(NodeIdentity node, CancellationToken cancel)
    {
        IReadOnlyList<LifeRow> rivals = LifeRules.Rivals(await ReadLivesAsync(cancel).ConfigureAwait(false), node, isOneNodes: false);
        if (rivals.Count > 0)
        {
            await Task.Delay(_watch, cancel).ConfigureAwait(false);
            if (LifeRules.Living(rivals, await ReadLivesAsync(cancel).ConfigureAwait(false)) is { } living) throw LifeRules.Conflict(node, living);
        }

        return await RunLockedAsync(async (connection, transaction) =>
        {
            NpgsqlCommand draw = new("update life set last_epoch = last_epoch + 1 returning last_epoch", connection, transaction);
            await using (draw.ConfigureAwait(false))
            {
                long epoch = (long)(await draw.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
                await EnterAsync(connection, transaction, epoch, node, cancel).ConfigureAwait(false);
                return epoch;
            }
        }, cancel).ConfigureAwait(false);
    }

    public Task<LifeState> BeatAsync(long epoch, int member, CancellationToken cancel) => RunAsync(async connection =>
    {
        NpgsqlCommand beat = new(
            "update node set beats = beats + 1, seen = extract(epoch from clock_timestamp())::bigint, member = $2 where epoch = $1 returning given_up", connection)
        {
            Parameters = { new() { Value = epoch }, new() { Value = member } },
        };
        await using (beat.ConfigureAwait(false)) return LifeRules.State((bool?)await beat.ExecuteScalarAsync(cancel).ConfigureAwait(false));
    }, cancel);

    public Task GiveUpAsync(IReadOnlyCollection<int> members, CancellationToken cancel) => RunAsync(async connection =>
    {
        NpgsqlCommand giveUp = new("update node set given_up = true where member = any($1)", connection) { Parameters = { new() { Value = members.ToArray() } } };
        await using (giveUp.ConfigureAwait(false)) return await giveUp.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }, cancel);

    public Task EndLifeAsync(long epoch, CancellationToken cancel) => RunAsync(async connection =>
    {
        NpgsqlCommand end = new("delete from node where epoch = $1", connection) { Parameters = { new() { Value = epoch } } };
        await using (end.ConfigureAwait(false)) return await end.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }, cancel);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Several round trips in one transaction, of one node at a time.</summary>
    private Task<T> RunLockedAsync<T>(Func<NpgsqlConnection, NpgsqlTransaction, Task<T>> call, CancellationToken cancel) => RunAsync(
        async connection =>
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await LockAsync(connection, transaction, cancel).ConfigureAwait(false);
                T result = await call(connection, transaction).ConfigureAwait(false);
                await transaction.CommitAsync(cancel).ConfigureAwait(false);
                return result;
            }
        }, cancel);

    /// <summary>One command or batch.</summary>
    private async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> call, CancellationToken cancel)
    {
        try
        {
            NpgsqlConnection connection = await _source.OpenConnectionAsync(cancel).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                if (!_isMigrated) await MigrateAsync(connection, cancel).ConfigureAwait(false);
                return await call(connection).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            // Tables that are gone are made anew.
            if (fault is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }) _isMigrated = false;
            string message = $"{_name}: {fault.Message}";
            throw MayPass(fault) ? new StoreUnreachableException(message, fault) : new StoreException(message, fault);
        }
    }

    /// <summary>Not a password that is wrong, a database that is none, or a statement that cannot be.</summary>
    private static bool MayPass(Exception fault) =>
        fault is not NpgsqlException { IsTransient: false } or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown };

    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await LockAsync(connection, transaction, cancel).ConfigureAwait(false);
            await ExecuteAsync(connection, transaction, "create table if not exists schema_version (version int not null)", cancel).ConfigureAwait(false);
            NpgsqlCommand read = new("select coalesce(max(version), 0) from schema_version", connection, transaction);
            await using (read.ConfigureAwait(false))
            {
                int version = (int)(await read.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
                SchemaSteps.Check(version);
                foreach (string step in SchemaSteps.All.Skip(version)) await ExecuteAsync(connection, transaction, step, cancel).ConfigureAwait(false);
                if (version != SchemaSteps.Newest)
                    await ExecuteAsync(connection, transaction, $"delete from schema_version; insert into schema_version (version) values ({SchemaSteps.Newest})", cancel).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancel).ConfigureAwait(false);
        }

        _isMigrated = true;
    }

    /// <summary>Until the transaction ends, which is soon, even where this node stands still.</summary>
    private static async Task LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        NpgsqlBatch take = new(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"set local idle_in_transaction_session_timeout = '{TimeoutSeconds}s'"),
                new NpgsqlBatchCommand("select pg_advisory_xact_lock($1)") { Parameters = { new() { Value = ChangeLock } } },
            },
        };
        await using (take.ConfigureAwait(false)) await take.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>A node that was killed and comes again takes the place of its former life in the list.</summary>
    private static async Task EnterAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long epoch, NodeIdentity node, CancellationToken cancel)
    {
        NpgsqlBatch batch = new(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("delete from node where name = $1 or address = $2") { Parameters = { new() { Value = node.Name }, new() { Value = node.Address } } },
                new NpgsqlBatchCommand(
                    "insert into node (epoch, name, address, place, process, keys, beats, seen) values ($1, $2, $3, $4, $5, $6, 0, extract(epoch from clock_timestamp())::bigint)")
                {
                    Parameters =
                    {
                        new() { Value = epoch }, new() { Value = node.Name }, new() { Value = node.Address },
                        new() { Value = NodePlace.Own.Place }, new() { Value = NodePlace.Own.Process }, new() { Value = string.Join(' ', node.Keys) },
                    },
                },
            },
        };
        await using (batch.ConfigureAwait(false)) await batch.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    private static void FindByKeys(NpgsqlConnection connection)
    {
        using NpgsqlCommand settings = new(KeysOnly, connection);
        settings.ExecuteNonQuery();
    }

    private static async Task FindByKeysAsync(NpgsqlConnection connection)
    {
        NpgsqlCommand settings = new(KeysOnly, connection);
        await using (settings.ConfigureAwait(false)) await settings.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private Task<List<LifeRow>> ReadLivesAsync(CancellationToken cancel) => RunAsync(async connection =>
    {
        NpgsqlCommand read = new(LifeRow.Query, connection);
        await using (read.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await read.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                List<LifeRow> lives = [];
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    lives.Add(LifeRow.Read(reader));
                return lives;
            }
        }
    }, cancel);

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string text, CancellationToken cancel)
    {
        // Every text is a constant of the schema.
#pragma warning disable CA2100
        NpgsqlCommand command = new(text, connection, transaction);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }
}
