using System.Net;
using System.Text.Json;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Routing;
using Microsoft.Data.Sqlite;

namespace Concentrator.Actors.Store;

internal sealed partial class SqliteSessionStore : ILeaseTable
{
    private const string InPool = "pool = $pool and address between $first and $last and length(address) = length($first)";

    // In the order of preference; each touches one row or none.
    private const string Held = $"""
        update pool_lease set session_id = $session, peer = $peer, since = $now where address = (
            select address from pool_lease
            where {InPool} and identity = $identity and (session_id is null or (session_id <> $session and ($takes_over or (address = $asked and peer = $peer))))
            order by session_id is null, address = $asked desc, since desc limit 1)
        returning address
        """;

    private const string Fresh = """
        insert into pool_lease (address, pool, identity, peer, session_id, since) values ($free, $pool, $identity, $peer, $session, $now)
        on conflict do nothing returning address
        """;

    private const string Oldest = $"""
        update pool_lease set identity = $identity, session_id = $session, peer = $peer, since = $now where address = (
            select address from pool_lease where {InPool} and session_id is null order by since limit 1)
        returning address
        """;

    public Task<IReadOnlyList<LeaseRow>> ReadLeasesAsync(string pool, CancellationToken cancel) => RunAsync<IReadOnlyList<LeaseRow>>(connection =>
    {
        using SqliteCommand read = Command(connection, "select address, identity, coalesce(session_id, 0) from pool_lease where pool = $pool order by address", ("$pool", pool));
        using SqliteDataReader reader = read.ExecuteReader();
        List<LeaseRow> rows = [];
        while (reader.Read())
            rows.Add(new LeaseRow(new IPAddress(reader.GetFieldValue<byte[]>(0)), LeaseRow.ReadIdentity(reader.GetFieldValue<byte[]>(1)), new SessionId((ulong)reader.GetInt64(2))));
        return rows;
    });

    public Task<IReadOnlyDictionary<string, (int Online, int Offline)>> CountLeasesAsync(CancellationToken cancel) => RunAsync<IReadOnlyDictionary<string, (int, int)>>(connection =>
    {
        using SqliteCommand count = Command(connection, "select pool, count(session_id), count(*) - count(session_id) from pool_lease group by pool");
        using SqliteDataReader reader = count.ExecuteReader();
        Dictionary<string, (int, int)> counts = [];
        while (reader.Read()) counts[reader.GetString(0)] = (reader.GetInt32(1), reader.GetInt32(2));
        return counts;
    });

    public Task<IReadOnlyList<IPAddress?>> LeaseAsync(IReadOnlyList<LeaseOrder> orders, CancellationToken cancel) => RunAsync<IReadOnlyList<IPAddress?>>(connection =>
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        List<IPAddress?> leased = [.. orders.Select(order => Lease(connection, order))];
        transaction.Commit();
        return leased;
    });

    public Task ReleaseLeasesAsync(IReadOnlyCollection<SessionId> sessions, long now, CancellationToken cancel) => RunAsync(connection =>
    {
        using SqliteCommand release = Command(
            connection, "update pool_lease set session_id = null, since = $now where session_id in (select value from json_each($sessions))",
            ("$sessions", JsonSerializer.Serialize(sessions.Select(session => session.Value))), ("$now", now));
        return release.ExecuteNonQuery();
    });

    public Task SweepLeasesAsync(long before, long now, CancellationToken cancel) => RunAsync(connection =>
    {
        using SqliteCommand sweep = Command(
            connection,
            """
            update pool_lease set session_id = null, since = $now
            where session_id is not null and since < $before and session_id not in (select session_id from ike_sa)
            """,
            ("$before", before), ("$now", now));
        return sweep.ExecuteNonQuery();
    });

    private static IPAddress? Lease(SqliteConnection connection, LeaseOrder order)
    {
        if (Try(connection, order, Held, null) is { } held) return held;
        foreach (IPAddress free in order.Free)
        {
            if (Try(connection, order, Fresh, free) is { } fresh) return fresh;
        }

        return order.MayReuse ? Try(connection, order, Oldest, null) : null;
    }

    private static IPAddress? Try(SqliteConnection connection, LeaseOrder order, string statement, IPAddress? free)
    {
        using SqliteCommand command = Command(
            connection, statement,
            ("$pool", order.Pool.Name), ("$identity", LeaseRow.Write(order.Wish.Identity)), ("$first", order.Pool.Addresses.Start.GetAddressBytes()),
            ("$last", order.Pool.Addresses.End.GetAddressBytes()), ("$takes_over", order.Wish.TakesOver ? 1L : 0L), ("$asked", order.Wish.Asked.GetAddressBytes()),
            ("$peer", order.Wish.Peer.GetAddressBytes()), ("$session", (long)order.Wish.Session.Value), ("$now", order.Now), ("$free", free?.GetAddressBytes() ?? []));
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? new IPAddress(reader.GetFieldValue<byte[]>(0)) : null;
    }
}
