using System.Net;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Pools;

/// <summary>
/// The leases of a cluster, or of a node that outlives its process: rows of the session store's database, which alone decides. What is kept here are guesses: which
/// addresses may be free. Not thread-safe.
/// </summary>
internal sealed class DatabaseLeases(ILeaseTable table, TimeProvider time, Random random) : ILeases
{
    /// <summary>So many free addresses are looked up at a time.</summary>
    private const int Supply = 256;

    /// <summary>Other nodes may take one free address after the other in front of us, but not for ever.</summary>
    private const int MostRounds = 32;

    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Unheard = TimeSpan.FromMinutes(2);

    private readonly OrderedDictionary<string, Pool> _pools = [];

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask<string?> LoadAsync(PoolConfig pool)
    {
        if (_pools.TryGetValue(pool.Name, out Pool? known))
        {
            if (known.Config.Addresses != pool.Addresses && await OnlineAsync(pool.Name).ConfigureAwait(false) is > 0 and int online) return $"in use: {online} of its addresses are online";
            known.Config = pool;
            known.Free.Clear();
            return null;
        }

        _pools.Add(pool.Name, new Pool(pool));
        return null;
    }

    public async ValueTask<string?> UnloadAsync(string pool)
    {
        if (_pools.ContainsKey(pool) && await OnlineAsync(pool).ConfigureAwait(false) is > 0 and int online) return $"in use: {online} of its addresses are online";
        _pools.Remove(pool);
        return null;
    }

    public async ValueTask<IReadOnlyList<Lease>[]> LeaseAsync(IReadOnlyList<LeaseFor> wishes)
    {
        List<Lease>[] leased = [.. wishes.Select(_ => new List<Lease>())];
        List<Ask> open = [.. wishes.SelectMany((wanted, i) => wanted.Wish.Asked.Select(asked => new Ask(i, WishOf(wanted, asked), PoolsFor(wanted.Wish, asked))))];
        for (int round = 0; round < MostRounds && (open = [.. open.Where(ask => ask.Pools.Count > 0)]).Count > 0; round++)
        {
            List<LeaseOrder> orders = [];
            foreach (Ask ask in open) orders.Add(await OrderAsync(ask).ConfigureAwait(false));
            IReadOnlyList<IPAddress?> got = await table.LeaseAsync(orders, CancellationToken.None).ConfigureAwait(false);
            for (int i = 0; i < open.Count; i++)
            {
                Note(orders[i], got[i]);
                if (got[i] is { } address) leased[open[i].Index].Add(new Lease(orders[i].Pool.Name, address));
                // With free addresses to try it lost them to others, and tries once more.
                if (got[i] is not null) open[i].Pools.Clear();
                else if (orders[i].MayReuse) open[i].Pools.Dequeue();
            }
        }

        return leased;
    }

    public async ValueTask ReleaseAsync(IReadOnlyList<SessionId> sessions) => await table.ReleaseLeasesAsync(sessions, Now, CancellationToken.None).ConfigureAwait(false);

    public async ValueTask TidyAsync() => await table.SweepLeasesAsync(Now - (long)Unheard.TotalMilliseconds, Now, CancellationToken.None).ConfigureAwait(false);

    public async ValueTask<PoolSnapshot[]> ListAsync(bool withLeases)
    {
        IReadOnlyDictionary<string, (int Online, int Offline)> counts = await table.CountLeasesAsync(CancellationToken.None).ConfigureAwait(false);
        List<PoolSnapshot> pools = [];
        foreach (PoolConfig pool in _pools.Values.Select(known => known.Config))
        {
            IReadOnlyList<LeaseRow> rows = withLeases ? await table.ReadLeasesAsync(pool.Name, CancellationToken.None).ConfigureAwait(false) : [];
            (int online, int offline) = counts.GetValueOrDefault(pool.Name);
            pools.Add(new PoolSnapshot(
                pool.Name, pool.Addresses, pool.Addresses.Span + 1, online, offline, [.. rows.Select(row => new LeaseSnapshot(row.Address, row.Identity.ToString(), !row.Session.IsNone))]));
        }

        return [.. pools];
    }

    private async Task<int> OnlineAsync(string pool) => (await table.CountLeasesAsync(CancellationToken.None).ConfigureAwait(false)).GetValueOrDefault(pool).Online;

    private static LeaseWish WishOf(LeaseFor wanted, IPAddress asked) => new(wanted.Session, asked, wanted.Wish.Identity, wanted.Wish.Peer, wanted.Wish.TakesOver);

    private Queue<Pool> PoolsFor(LeaseAddresses wish, IPAddress asked) =>
        new(wish.Pools.Select(name => _pools.GetValueOrDefault(name)).OfType<Pool>().Where(pool => pool.Config.Family == asked.AddressFamily));

    /// <summary>With a free address to try, and the one that is asked for by name; where no free one is known, with leave to take the oldest.</summary>
    private async Task<LeaseOrder> OrderAsync(Ask ask)
    {
        Pool pool = ask.Pools.Peek();
        if (pool.Free.Count == 0 && pool.FullUntil < Now) await LookForFreeAsync(pool).ConfigureAwait(false);
        List<IPAddress> free = [];
        if (!ask.WasNamed && pool.Config.Addresses.Contains(ask.Wish.Asked)) free.Add(ask.Wish.Asked);
        ask.WasNamed = true;
        bool isFull = !pool.Free.TryDequeue(out IPAddress? next);
        if (!isFull) free.Add(next!);
        return new LeaseOrder(pool.Config, ask.Wish, free, isFull, Now);
    }

    /// <summary>What was not needed is free still.</summary>
    private void Note(LeaseOrder order, IPAddress? got)
    {
        if (got is null || order.MayReuse || order.Free[^1].Equals(got)) return;
        _pools[order.Pool.Name].Free.Enqueue(order.Free[^1]);
    }

    /// <summary>The first that no row has, in an order of our own: other nodes look as well.</summary>
    private async Task LookForFreeAsync(Pool pool)
    {
        IReadOnlyList<LeaseRow> rows = await table.ReadLeasesAsync(pool.Config.Name, CancellationToken.None).ConfigureAwait(false);
        AddressRange range = pool.Config.Addresses;
        HashSet<IPAddress> known = [.. rows.Select(row => row.Address)];
        List<IPAddress> free = [];
        for (UInt128 offset = 0; free.Count < Supply; offset++)
        {
            IPAddress address = range.At(offset);
            if (!known.Contains(address)) free.Add(address);
            if (offset == range.Span) break;
        }

        IPAddress[] shuffled = [.. free];
        random.Shuffle(shuffled);
        foreach (IPAddress address in shuffled) pool.Free.Enqueue(address);
        if (free.Count == 0) pool.FullUntil = Now + (long)FullFor.TotalMilliseconds;
    }

    private sealed class Pool(PoolConfig config)
    {
        public PoolConfig Config { get; set; } = config;

        public Queue<IPAddress> Free { get; } = new();

        /// <summary>Nothing was free, and is not looked for until then.</summary>
        public long FullUntil { get; set; }
    }

    private sealed record Ask(int Index, LeaseWish Wish, Queue<Pool> Pools)
    {
        public bool WasNamed { get; set; }
    }
}
