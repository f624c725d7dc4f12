using Concentrator.Actors.Routing;
using Npgsql;

namespace Concentrator.Actors.Store;

internal sealed partial class PostgresSessionStore
{
    private const string Batch = """
        select * from unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::int[], $5::text[], $6::smallint[], $7::bytea[])
            as row (session_id, shard, revision, incarnation, key_id, version, body)
        """;

    // The same revision again is the same row again: an answer was lost.
    private const string Insert = $"""
        insert into ike_sa (session_id, shard, revision, epoch, incarnation, key_id, version, body)
        select session_id, shard, revision, $8, incarnation, key_id, version, body from ({Batch}) as new order by session_id
        on conflict (session_id) do update set revision = excluded.revision, key_id = excluded.key_id, version = excluded.version, body = excluded.body
            where ike_sa.epoch = excluded.epoch and ike_sa.revision <= excluded.revision
        returning session_id
        """;

    private const string Update = $"""
        update ike_sa set revision = new.revision, key_id = new.key_id, version = new.version, body = new.body
        from ({Batch}) as new
        where ike_sa.session_id = any($1) and ike_sa.session_id = new.session_id and ike_sa.epoch = $8 and ike_sa.revision <= new.revision
        returning ike_sa.session_id
        """;

    public Task<IReadOnlyCollection<SessionId>> WriteAsync(long epoch, StoreBatch batch, CancellationToken cancel) => RunAsync<IReadOnlyCollection<SessionId>>(
        async connection =>
        {
            NpgsqlBatch commands = new(connection);
            await using (commands.ConfigureAwait(false))
            {
                SessionRow[] first = [.. batch.Rows.Where(row => row.IsFirst)], later = [.. batch.Rows.Where(row => !row.IsFirst)];
                foreach (NpgsqlBatchCommand delete in DeleteCommands(epoch, batch.Deleted)) commands.BatchCommands.Add(delete);
                if (first.Length > 0) commands.BatchCommands.Add(WriteCommand(Insert, epoch, first));
                if (later.Length > 0) commands.BatchCommands.Add(WriteCommand(Update, epoch, later));
                if (batch.Gone.Count > 0) commands.BatchCommands.Add(DeleteGoneCommand(epoch, batch.Gone));
                if (commands.BatchCommands.Count == 0) return [];
                HashSet<SessionId> refused = [.. batch.Rows.Select(row => row.Session)];
                NpgsqlDataReader reader = await commands.ExecuteReaderAsync(cancel).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    do
                    {
                        while (await reader.ReadAsync(cancel).ConfigureAwait(false)) refused.Remove(new SessionId((ulong)reader.GetInt64(0)));
                    }
                    while (await reader.NextResultAsync(cancel).ConfigureAwait(false));
                }

                return refused;
            }
        }, cancel);

    public Task<IReadOnlyList<ClaimedSession>> ClaimAsync(
        long epoch, IReadOnlyCollection<byte> shards, IReadOnlyCollection<SessionId> living, CancellationToken cancel) => RunAsync<IReadOnlyList<ClaimedSession>>(
        async connection =>
        {
            NpgsqlBatch claim = new(connection)
            {
                BatchCommands =
                {
                    // Who gives this life up comes before the claim, or waits until it is over.
                    new NpgsqlBatchCommand(
                        """
                        with life as (select from node where epoch = $1 and not given_up for share)
                        update ike_sa set epoch = $1, incarnation = incarnation + 1
                        where shard = any($2) and (epoch <> $1 or session_id <> all($3)) and exists (select from life)
                        returning session_id, revision, incarnation, key_id, version, body
                        """)
                    {
                        Parameters = { new() { Value = epoch }, new() { Value = shards.Select(shard => (short)shard).ToArray() }, new() { Value = Ids(living) } },
                    },
                    new NpgsqlBatchCommand("select from node where epoch = $1 and not given_up") { Parameters = { new() { Value = epoch } } },
                },
            };
            await using (claim.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await claim.ExecuteReaderAsync(cancel).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    List<ClaimedSession> rows = await ReadRowsAsync(reader, cancel).ConfigureAwait(false);
                    await reader.NextResultAsync(cancel).ConfigureAwait(false);
                    return await reader.ReadAsync(cancel).ConfigureAwait(false) ? rows : throw new LifeOverException();
                }
            }
        }, cancel);

    public Task<IReadOnlyList<ClaimedSession>> ReadAsync(IReadOnlyCollection<SessionId> sessions, CancellationToken cancel) => RunAsync<IReadOnlyList<ClaimedSession>>(
        async connection =>
        {
            NpgsqlCommand read = new("select session_id, revision, incarnation + 1, key_id, version, body from ike_sa where session_id = any($1)", connection)
            {
                Parameters = { new() { Value = Ids(sessions) } },
            };
            await using (read.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await read.ExecuteReaderAsync(cancel).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false)) return await ReadRowsAsync(reader, cancel).ConfigureAwait(false);
            }
        }, cancel);

    public Task SampleAsync(IReadOnlyCollection<ReplaySample> samples, CancellationToken cancel) => RunAsync(
        async connection =>
        {
            // A child that has gone meanwhile leaves nothing behind.
            NpgsqlCommand write = new(
                """
                insert into esp_replay (session_id, spi, received, sent)
                select new.* from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) as new (session_id, spi, received, sent)
                join ike_sa using (session_id) where ike_sa.session_id = any($1) order by 1, 2
                on conflict (session_id, spi) do update set received = greatest(esp_replay.received, excluded.received), sent = greatest(esp_replay.sent, excluded.sent)
                """,
                connection)
            {
                Parameters =
                {
                    new() { Value = Ids(samples.Select(sample => sample.Session)) },
                    new() { Value = samples.Select(sample => (long)sample.InboundSpi).ToArray() },
                    new() { Value = samples.Select(sample => (long)sample.Received).ToArray() },
                    new() { Value = samples.Select(sample => (long)sample.Sent).ToArray() },
                },
            };
            await using (write.ConfigureAwait(false)) return await write.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }, cancel);

    public Task<IReadOnlyList<ReplaySample>> ReserveAsync(IReadOnlyCollection<ChildKey> children, uint count, CancellationToken cancel) => RunAsync<IReadOnlyList<ReplaySample>>(
        async connection =>
        {
            NpgsqlCommand reserve = new(
                """
                insert into esp_replay (session_id, spi, received, sent)
                select session_id, spi, 0, $3 from unnest($1::bigint[], $2::bigint[]) as new (session_id, spi) join ike_sa using (session_id)
                where ike_sa.session_id = any($1) order by 1, 2
                on conflict (session_id, spi) do update set sent = esp_replay.sent + excluded.sent returning session_id, spi, received, sent
                """,
                connection)
            {
                Parameters =
                {
                    new() { Value = Ids(children.Select(child => child.Session)) },
                    new() { Value = children.Select(child => (long)child.InboundSpi).ToArray() },
                    new() { Value = (long)count },
                },
            };
            List<ReplaySample> reserved = [];
            await using (reserve.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await reserve.ExecuteReaderAsync(cancel).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                        reserved.Add(new ReplaySample(new SessionId((ulong)reader.GetInt64(0)), (uint)reader.GetInt64(1), (ulong)reader.GetInt64(2), (ulong)reader.GetInt64(3)));
                }
            }

            return reserved;
        }, cancel);

    private static async Task<List<ClaimedSession>> ReadRowsAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        List<ClaimedSession> rows = [];
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            SealedBody body = new(reader.GetString(3), reader.GetInt16(4), reader.GetFieldValue<byte[]>(5));
            rows.Add(new ClaimedSession(new SessionId((ulong)reader.GetInt64(0)), reader.GetInt64(1), reader.GetInt32(2), body));
        }

        return rows;
    }

    private static NpgsqlBatchCommand WriteCommand(string text, long epoch, SessionRow[] rows) =>
#pragma warning disable CA2100 // Constants of this class.
        new(text)
#pragma warning restore CA2100
        {
            Parameters =
            {
                new() { Value = Ids(rows.Select(row => row.Session)) },
                new() { Value = Array.ConvertAll(rows, row => (short)row.Session.Shard) },
                new() { Value = Array.ConvertAll(rows, row => row.Revision) },
                new() { Value = Array.ConvertAll(rows, row => row.Incarnation) },
                new() { Value = Array.ConvertAll(rows, row => row.Body.KeyId) },
                new() { Value = Array.ConvertAll(rows, row => row.Body.Version) },
                new() { Value = Array.ConvertAll(rows, row => row.Body.Octets) },
                new() { Value = epoch },
            },
        };

    private static NpgsqlBatchCommand[] DeleteCommands(long epoch, IReadOnlyCollection<SessionId> sessions) => sessions.Count == 0
        ? []
        :
        [
            new("delete from esp_replay where session_id = any($2) and session_id in (select session_id from ike_sa where epoch = $1 and session_id = any($2))")
            {
                Parameters = { new() { Value = epoch }, new() { Value = Ids(sessions) } },
            },
            new("delete from ike_sa where epoch = $1 and session_id = any($2)") { Parameters = { new() { Value = epoch }, new() { Value = Ids(sessions) } } },
        ];

    private static NpgsqlBatchCommand DeleteGoneCommand(long epoch, IReadOnlyList<ChildKey> children) =>
        new("""
            delete from esp_replay using unnest($2::bigint[], $3::bigint[]) as gone (session_id, spi), ike_sa
            where esp_replay.session_id = any($2) and esp_replay.session_id = gone.session_id and esp_replay.spi = gone.spi
                and ike_sa.session_id = any($2) and ike_sa.session_id = gone.session_id and ike_sa.epoch = $1
            """)
        {
            Parameters =
            {
                new() { Value = epoch }, new() { Value = Ids(children.Select(child => child.Session)) }, new() { Value = children.Select(child => (long)child.InboundSpi).ToArray() },
            },
        };

    private static long[] Ids(IEnumerable<SessionId> sessions) => [.. sessions.Select(session => (long)session.Value)];
}
