using System.Text.Json;
using Concentrator.Actors.Routing;
using Microsoft.Data.Sqlite;

namespace Concentrator.Actors.Store;

internal sealed partial class SqliteSessionStore
{
    private const string Columns = "$session, $shard, $revision, $epoch, $incarnation, $key, $version, $body";
    private const string NewValues = "revision = excluded.revision, key_id = excluded.key_id, version = excluded.version, body = excluded.body";

    // The same revision again is the same row again: an answer was lost.
    private const string Insert = $"""
        insert into ike_sa (session_id, shard, revision, epoch, incarnation, key_id, version, body) values ({Columns})
        on conflict (session_id) do update set {NewValues} where ike_sa.epoch = excluded.epoch and ike_sa.revision <= excluded.revision
        """;

    private const string Update = """
        update ike_sa set revision = $revision, key_id = $key, version = $version, body = $body
        where session_id = $session and epoch = $epoch and revision <= $revision
        """;

    public Task<IReadOnlyCollection<SessionId>> WriteAsync(long epoch, StoreBatch batch, CancellationToken cancel) => RunAsync<IReadOnlyCollection<SessionId>>(connection =>
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        Delete(connection, epoch, batch.Deleted);
        List<SessionId> refused = [];
        foreach (bool isFirst in (ReadOnlySpan<bool>)[true, false])
        {
            using SqliteCommand write = Command(connection, isFirst ? Insert : Update);
            foreach (SessionRow row in batch.Rows)
            {
                if (row.IsFirst == isFirst && !TryWrite(write, epoch, row)) refused.Add(row.Session);
            }
        }

        DeleteGone(connection, epoch, batch.Gone);
        transaction.Commit();
        return refused;
    });

    public Task<IReadOnlyList<ClaimedSession>> ClaimAsync(
        long epoch, IReadOnlyCollection<byte> shards, IReadOnlyCollection<SessionId> living, CancellationToken cancel) => RunAsync<IReadOnlyList<ClaimedSession>>(connection =>
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        using SqliteCommand life = Command(connection, "select 1 from node where epoch = $epoch and not given_up", ("$epoch", epoch));
        if (life.ExecuteScalar() is null) throw new LifeOverException();
        (string, object)[] which =
        [
            ("$epoch", epoch), ("$shards", JsonSerializer.Serialize(shards.Select(shard => (int)shard))), ("$living", JsonSerializer.Serialize(living.Select(session => session.Value))),
        ];
        using SqliteCommand claim = Command(
            connection,
            """
            update ike_sa set epoch = $epoch, incarnation = incarnation + 1
            where shard in (select value from json_each($shards)) and (epoch <> $epoch or session_id not in (select value from json_each($living)))
            returning session_id, revision, incarnation, key_id, version, body
            """,
            which);
        List<ClaimedSession> claimed = ReadRows(claim);
        transaction.Commit();
        return claimed;
    });

    public Task<IReadOnlyList<ClaimedSession>> ReadAsync(IReadOnlyCollection<SessionId> sessions, CancellationToken cancel) => RunAsync<IReadOnlyList<ClaimedSession>>(connection =>
    {
        using SqliteCommand read = Command(
            connection,
            "select session_id, revision, incarnation + 1, key_id, version, body from ike_sa where session_id in (select value from json_each($sessions))",
            ("$sessions", JsonSerializer.Serialize(sessions.Select(session => session.Value))));
        return ReadRows(read);
    });

    public Task SampleAsync(IReadOnlyCollection<ReplaySample> samples, CancellationToken cancel) => RunAsync(connection =>
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        // A child that has gone meanwhile leaves nothing behind.
        using SqliteCommand write = Command(
            connection,
            """
            insert into esp_replay (session_id, spi, received, sent) select $session, $spi, $received, $sent from ike_sa where session_id = $session
            on conflict (session_id, spi) do update set received = max(received, excluded.received), sent = max(sent, excluded.sent)
            """);
        foreach (ReplaySample sample in samples)
        {
            write.Parameters.Clear();
            write.Parameters.AddWithValue("$session", (long)sample.Session.Value);
            write.Parameters.AddWithValue("$spi", (long)sample.InboundSpi);
            write.Parameters.AddWithValue("$received", (long)sample.Received);
            write.Parameters.AddWithValue("$sent", (long)sample.Sent);
            write.ExecuteNonQuery();
        }

        transaction.Commit();
        return true;
    });

    public Task<IReadOnlyList<ReplaySample>> ReserveAsync(IReadOnlyCollection<ChildKey> children, uint count, CancellationToken cancel) => RunAsync<IReadOnlyList<ReplaySample>>(connection =>
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        using SqliteCommand reserve = Command(
            connection,
            """
            insert into esp_replay (session_id, spi, received, sent) select $session, $spi, 0, $count from ike_sa where session_id = $session
            on conflict (session_id, spi) do update set sent = sent + excluded.sent returning received, sent
            """);
        List<ReplaySample> reserved = [];
        foreach ((SessionId session, uint spi) in children)
        {
            reserve.Parameters.Clear();
            reserve.Parameters.AddWithValue("$session", (long)session.Value);
            reserve.Parameters.AddWithValue("$spi", (long)spi);
            reserve.Parameters.AddWithValue("$count", (long)count);
            using SqliteDataReader reader = reserve.ExecuteReader();
            while (reader.Read()) reserved.Add(new ReplaySample(session, spi, (ulong)reader.GetInt64(0), (ulong)reader.GetInt64(1)));
        }

        transaction.Commit();
        return reserved;
    });

    private static List<ClaimedSession> ReadRows(SqliteCommand command)
    {
        List<ClaimedSession> rows = [];
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            SealedBody body = new(reader.GetString(3), reader.GetInt16(4), reader.GetFieldValue<byte[]>(5));
            rows.Add(new ClaimedSession(new SessionId((ulong)reader.GetInt64(0)), reader.GetInt64(1), reader.GetInt32(2), body));
        }

        return rows;
    }

    private static bool TryWrite(SqliteCommand write, long epoch, SessionRow row)
    {
        write.Parameters.Clear();
        write.Parameters.AddWithValue("$session", (long)row.Session.Value);
        write.Parameters.AddWithValue("$revision", row.Revision);
        write.Parameters.AddWithValue("$epoch", epoch);
        write.Parameters.AddWithValue("$key", row.Body.KeyId);
        write.Parameters.AddWithValue("$version", (long)row.Body.Version);
        write.Parameters.AddWithValue("$body", row.Body.Octets);
        if (row.IsFirst)
        {
            write.Parameters.AddWithValue("$shard", (long)row.Session.Shard);
            write.Parameters.AddWithValue("$incarnation", row.Incarnation);
        }

        return write.ExecuteNonQuery() > 0;
    }

    private static void DeleteGone(SqliteConnection connection, long epoch, IReadOnlyList<ChildKey> children)
    {
        if (children.Count == 0) return;
        using SqliteCommand delete = Command(
            connection,
            "delete from esp_replay where session_id = $session and spi = $spi and exists (select 1 from ike_sa where session_id = $session and epoch = $epoch)");
        foreach ((SessionId session, uint spi) in children)
        {
            delete.Parameters.Clear();
            delete.Parameters.AddWithValue("$session", (long)session.Value);
            delete.Parameters.AddWithValue("$spi", (long)spi);
            delete.Parameters.AddWithValue("$epoch", epoch);
            delete.ExecuteNonQuery();
        }
    }

    private static void Delete(SqliteConnection connection, long epoch, IReadOnlyCollection<SessionId> sessions)
    {
        if (sessions.Count == 0) return;
        using SqliteCommand delete = Command(
            connection,
            """
            delete from esp_replay where session_id in (select session_id from ike_sa where epoch = $epoch and session_id in (select value from json_each($sessions)));
            delete from ike_sa where epoch = $epoch and session_id in (select value from json_each($sessions))
            """,
            ("$epoch", epoch), ("$sessions", JsonSerializer.Serialize(sessions.Select(session => session.Value))));
        delete.ExecuteNonQuery();
    }
}
