using System.Net;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Routing;
using Npgsql;
using NpgsqlTypes;

namespace Concentrator.Actors.Store;

internal sealed partial class PostgresSessionStore : ILeaseTable
{
    // Rows that another statement is about to take are passed over, not waited for: so nobody waits for anybody, and one row is taken once.
    private const string Lease = """
        with held as (
            select address from pool_lease
            where pool = $1 and identity = $2 and address between $3 and $4 and length(address) = length($3)
                and (session_id is null or (session_id <> $8 and ($5 or (address = $6 and peer = $7))))
            order by session_id is null, address = $6 desc, since desc
            limit 1 for update skip locked),
        taken as (
            update pool_lease set session_id = $8, peer = $7, since = $9 from held where pool_lease.address = held.address returning pool_lease.address),
        free as (
            select candidate.address from unnest($10::bytea[]) with ordinality as candidate (address, place)
            where not exists (select from taken) and not exists (select from pool_lease where pool_lease.address = candidate.address)
            order by candidate.place limit 1),
        fresh as (
            insert into pool_lease (address, pool, identity, peer, session_id, since) select address, $1, $2, $7, $8, $9 from free
            on conflict do nothing returning address),
        oldest as (
            select address from pool_lease
            where $11 and pool = $1 and session_id is null and address between $3 and $4 and length(address) = length($3)
                and not exists (select from taken) and not exists (select from fresh)
            order by since limit 1 for update skip locked),
        reused as (
            update pool_lease set identity = $2, session_id = $8, peer = $7, since = $9 from oldest where pool_lease.address = oldest.address returning pool_lease.address)
        select address from taken union all select address from fresh union all select address from reused
        """;

    public Task<IReadOnlyList<LeaseRow>> ReadLeasesAsync(string pool, CancellationToken cancel) => RunAsync<IReadOnlyList<LeaseRow>>(
        async connection =>
        {
            NpgsqlCommand read = new("select address, identity, coalesce(session_id, 0) from pool_lease where pool = $1 order by address", connection)
            {
                Parameters = { new() { Value = pool } },
            };
            List<LeaseRow> rows = [];
            await using (read.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await read.ExecuteReaderAsync(cancel).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                        rows.Add(new LeaseRow(new IPAddress(reader.GetFieldValue<byte[]>(0)), LeaseRow.ReadIdentity(reader.GetFieldValue<byte[]>(1)), new SessionId((ulong)reader.GetInt64(2))));
                }
            }

            return rows;
        }, cancel);

    public Task<IReadOnlyDictionary<string, (int Online, int Offline)>> CountLeasesAsync(CancellationToken cancel) => RunAsync<IReadOnlyDictionary<string, (int, int)>>(
        async connection =>
        {
            NpgsqlCommand count = new("select pool, count(session_id)::int, (count(*) - count(session_id))::int from pool_lease group by pool", connection);
            Dictionary<string, (int, int)> counts = [];
            await using (count.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await count.ExecuteReaderAsync(cancel).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancel).ConfigureAwait(false)) counts[reader.GetString(0)] = (reader.GetInt32(1), reader.GetInt32(2));
                }
            }

            return counts;
        }, cancel);

    /// <summary>One round trip, and a transaction for each order: an order that fails takes no other along, and holds no row while the next waits.</summary>
    public Task<IReadOnlyList<IPAddress?>> LeaseAsync(IReadOnlyList<LeaseOrder> orders, CancellationToken cancel) => RunAsync<IReadOnlyList<IPAddress?>>(
        async connection =>
        {
            NpgsqlBatch batch = new(connection) { EnableErrorBarriers = true };
            await using (batch.ConfigureAwait(false))
            {
                foreach (LeaseOrder order in orders) batch.BatchCommands.Add(CommandOf(order));
                NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancel).ConfigureAwait(false);
                List<IPAddress?> leased = [];
                await using (reader.ConfigureAwait(false))
                {
                    do leased.Add(await reader.ReadAsync(cancel).ConfigureAwait(false) ? new IPAddress(reader.GetFieldValue<byte[]>(0)) : null);
                    while (await reader.NextResultAsync(cancel).ConfigureAwait(false));
                }

                return leased;
            }
        }, cancel);

    public Task ReleaseLeasesAsync(IReadOnlyCollection<SessionId> sessions, long now, CancellationToken cancel) => RunAsync(
        async connection =>
        {
            NpgsqlCommand release = new("update pool_lease set session_id = null, since = $2 where session_id = any($1)", connection)
            {
                Parameters = { new() { Value = Ids(sessions) }, new() { Value = now } },
            };
            await using (release.ConfigureAwait(false)) return await release.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }, cancel);

    public Task SweepLeasesAsync(long before, long now, CancellationToken cancel) => RunAsync(
        async connection =>
        {
            NpgsqlCommand sweep = new(
                """
                update pool_lease set session_id = null, since = $2
                where session_id is not null and since < $1 and not exists (select from ike_sa where ike_sa.session_id = pool_lease.session_id)
                """,
                connection)
            {
                Parameters = { new() { Value = before }, new() { Value = now } },
            };
            await using (sweep.ConfigureAwait(false)) return await sweep.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }, cancel);

    private static NpgsqlBatchCommand CommandOf(LeaseOrder order) => new(Lease)
    {
        Parameters =
        {
            new() { Value = order.Pool.Name },
            new() { Value = LeaseRow.Write(order.Wish.Identity) },
            new() { Value = order.Pool.Addresses.Start.GetAddressBytes() },
            new() { Value = order.Pool.Addresses.End.GetAddressBytes() },
            new() { Value = order.Wish.TakesOver },
            new() { Value = order.Wish.Asked.GetAddressBytes() },
            new() { Value = order.Wish.Peer.GetAddressBytes() },
            new() { Value = (long)order.Wish.Session.Value },
            new() { Value = order.Now },
            new() { Value = order.Free.Select(address => address.GetAddressBytes()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            new() { Value = order.MayReuse },
        },
    };
}
