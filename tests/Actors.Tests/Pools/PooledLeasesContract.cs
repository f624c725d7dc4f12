using System.Diagnostics;
using System.Net;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Tests.Pools;

/// <summary>Leases in a database, that several nodes share: the same tests for each database.</summary>
public abstract class PooledLeasesContract
{
    private ulong _sessions = 100;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A node's own connection to the one database of the test.</summary>
    private protected abstract ISessionStore Open();

    [Fact]
    public async Task Nodes_give_no_address_twice_and_who_comes_back_to_another_node_gets_its_own()
    {
        await using Node a = await NodeAsync(), b = await NodeAsync();
        (SessionId carol, string? first) = await AskAsync(a, "carol");
        (_, string? second) = await AskAsync(b, "dave");
        Assert.NotEqual(first, second);
        await a.Leases.ReleaseAsync([carol]);
        Assert.Equal((1, 1), await UseAsync(b));
        Assert.Equal(first, (await AskAsync(b, "carol")).Address);
        Assert.Equal((2, 0), await UseAsync(a));
    }

    [Fact]
    public async Task In_a_full_pool_the_address_that_is_offline_for_longest_changes_hands()
    {
        await using Node a = await NodeAsync("10.3.0.1-10.3.0.3"), b = await NodeAsync("10.3.0.1-10.3.0.3");
        List<(SessionId Session, string? Address)> all = [await AskAsync(a, "a"), await AskAsync(b, "b"), await AskAsync(a, "c")];
        Assert.Equal(["10.3.0.1", "10.3.0.2", "10.3.0.3"], all.Select(l => l.Address).Order());
        Assert.Null((await AskAsync(b, "d")).Address);
        await a.Leases.ReleaseAsync([all[1].Session]);
        a.Time.Advance(TimeSpan.FromSeconds(5));
        b.Time.Advance(TimeSpan.FromSeconds(5));
        await a.Leases.ReleaseAsync([all[0].Session]);
        Assert.Equal(all[1].Address, (await AskAsync(b, "d")).Address);
        Assert.Equal(all[0].Address, (await AskAsync(a, "e")).Address);
        Assert.Null((await AskAsync(a, "a")).Address);
    }

    [Fact]
    public async Task Who_takes_over_has_the_address_and_the_older_one_gives_nothing_back()
    {
        await using Node a = await NodeAsync(), b = await NodeAsync();
        (SessionId old, string? address) = await AskAsync(a, "carol");
        (SessionId young, string? same) = await AskAsync(b, "carol", takesOver: true);
        Assert.Equal(address, same);
        await a.Leases.ReleaseAsync([old]);
        Assert.Equal((1, 0), await UseAsync(a));
        Assert.NotEqual(address, (await AskAsync(a, "carol")).Address);
        Assert.NotEqual(address, (await AskAsync(a, "carol", address, peer: "192.0.2.99")).Address);
        await b.Leases.ReleaseAsync([young]);
        Assert.Equal((2, 1), await UseAsync(a));
    }

    [Fact]
    public async Task Who_asks_by_name_gets_it_where_nobody_has_it_and_several_are_several()
    {
        await using Node a = await NodeAsync();
        Assert.Equal("10.3.0.77", (await AskAsync(a, "carol", "10.3.0.77")).Address);
        Assert.NotEqual("10.3.0.77", (await AskAsync(a, "dave", "10.3.0.77")).Address);
        IReadOnlyList<Lease> two = (await a.Leases.LeaseAsync([Wish(new SessionId(7), "eve", false, "192.0.2.1", "0.0.0.0", "0.0.0.0")]))[0];
        Assert.Equal(2, two.Select(l => l.Address).Distinct().Count());
        Assert.Empty((await a.Leases.LeaseAsync([Wish(new SessionId(8), "mallory", false, "192.0.2.1", "::")]))[0]);
    }

    [Fact]
    public async Task A_huge_ipv6_pool_and_one_for_ipv4_serve_one_wish()
    {
        await using Node a = await NodeAsync();
        await a.Leases.LoadAsync(Pool("rw6", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
        IReadOnlyList<Lease> leased = (await a.Leases.LeaseAsync([Wish(new SessionId(7), "carol", false, "192.0.2.1", "0.0.0.0", "::")]))[0];
        Assert.Equal(["rw", "rw6"], leased.Select(l => l.Pool));
    }

    [Fact]
    public async Task Many_at_once_on_several_nodes_get_what_there_is_and_no_address_twice()
    {
        Node[] nodes = [await NodeAsync("10.3.0.1-10.3.0.150"), await NodeAsync("10.3.0.1-10.3.0.150"), await NodeAsync("10.3.0.1-10.3.0.150"), await NodeAsync("10.3.0.1-10.3.0.150")];
        IReadOnlyList<Lease>[][] leased = await Task.WhenAll(nodes.Select((node, n) => Task.Run(async () =>
        {
            List<IReadOnlyList<Lease>> got = [];
            for (int batch = 0; batch < 4; batch++)
                got.AddRange(await node.Leases.LeaseAsync([.. Enumerable.Range(0, 10).Select(i => Wish(new SessionId((ulong)(1000 * n + 10 * batch + i + 1)), $"peer{n}-{batch}-{i}", false, "192.0.2.1", "0.0.0.0"))]));
            return got.ToArray();
        }, Cancel)));
        string[] addresses = [.. leased.SelectMany(one => one).SelectMany(one => one).Select(l => l.Address.ToString())];
        Assert.Equal(150, addresses.Length);
        Assert.Equal(150, addresses.Distinct().Count());
        Assert.Equal(10, leased.SelectMany(one => one).Count(one => one.Count == 0));
        foreach (Node node in nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task A_herd_is_served_in_batches()
    {
        const int Herd = 4000, Batch = 200;
        await using Node a = await NodeAsync("10.64.0.0-10.64.255.255");
        Stopwatch watch = Stopwatch.StartNew();
        HashSet<IPAddress> addresses = [];
        for (int first = 1; first <= Herd; first += Batch)
        {
            LeaseFor[] wishes = [.. Enumerable.Range(first, Batch).Select(i => Wish(new SessionId((ulong)i), $"peer{i}", false, "192.0.2.1", "0.0.0.0"))];
            foreach (IReadOnlyList<Lease> leased in await a.Leases.LeaseAsync(wishes)) addresses.Add(Assert.Single(leased).Address);
        }

        TimeSpan leasing = watch.Elapsed;
        watch.Restart();
        for (int first = 1; first <= Herd; first += Batch) await a.Leases.ReleaseAsync([.. Enumerable.Range(first, Batch).Select(i => new SessionId((ulong)i))]);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Herd} leases in {leasing.TotalSeconds:F2} s ({Herd / leasing.TotalSeconds:F0}/s), given back in {watch.Elapsed.TotalSeconds:F2} s");
        Assert.Equal(Herd, addresses.Count);
        Assert.Equal((0, Herd), await UseAsync(a));
        Assert.True(leasing < TimeSpan.FromSeconds(20), $"{leasing}");
    }

    [Fact]
    public async Task What_a_dead_node_leased_for_an_ike_sa_that_was_never_stored_goes_offline_in_time()
    {
        await using Node a = await NodeAsync(), b = await NodeAsync();
        (_, string? lost) = await AskAsync(a, "carol");
        (SessionId stored, _) = await AskAsync(a, "dave");
        long epoch = await a.Store.BeginLifeAsync(new NodeIdentity("a", "a"), Cancel);
        await a.Store.WriteAsync(epoch, new StoreBatch([new SessionRow(stored, 1, true, 0, new SealedBody("key", 1, [1]))], []), Cancel);
        await b.Leases.TidyAsync();
        Assert.Equal((2, 0), await UseAsync(b));
        b.Time.Advance(TimeSpan.FromMinutes(3));
        await b.Leases.TidyAsync();
        Assert.Equal((1, 1), await UseAsync(b));
        Assert.Equal(lost, (await AskAsync(b, "carol")).Address);
    }

    [Fact]
    public async Task Addresses_of_a_pool_change_only_when_nobody_is_online_and_old_ones_are_not_given_then()
    {
        await using Node a = await NodeAsync();
        (SessionId carol, _) = await AskAsync(a, "carol");
        Assert.NotNull(await a.Leases.LoadAsync(Pool("rw", "10.4.0.1-10.4.0.9")));
        Assert.NotNull(await a.Leases.UnloadAsync("rw"));
        await a.Leases.ReleaseAsync([carol]);
        Assert.Null(await a.Leases.LoadAsync(Pool("rw", "10.4.0.1-10.4.0.9")));
        Assert.StartsWith("10.4.0.", (await AskAsync(a, "carol")).Address, StringComparison.Ordinal);
        LeaseSnapshot[] leases = [.. Assert.Single(await a.Leases.ListAsync(withLeases: true)).Leases];
        Assert.Equal([("carol", false), ("carol", true)], leases.Select(l => (l.Identity, l.IsOnline)).Order());
    }

    private async Task<Node> NodeAsync(string range = "10.3.0.1-10.3.0.99")
    {
        ISessionStore store = Open();
        Node node = new(store, new ManualTime());
        Assert.Null(await node.Leases.LoadAsync(Pool("rw", range)));
        return node;
    }

    private async Task<(SessionId Session, string? Address)> AskAsync(Node node, string name, string? asked = null, string peer = "192.0.2.1", bool takesOver = false)
    {
        SessionId session = new(++_sessions);
        IReadOnlyList<Lease> leased = (await node.Leases.LeaseAsync([Wish(session, name, takesOver, peer, asked ?? "0.0.0.0")]))[0];
        return (session, leased.Count == 0 ? null : leased[0].Address.ToString());
    }

    private static LeaseFor Wish(SessionId session, string name, bool takesOver, string peer, params string[] asked) =>
        new(session, new LeaseAddresses(["rw", "rw6"], [.. asked.Select(IPAddress.Parse)], Identity.Parse(name), IPAddress.Parse(peer), takesOver));

    private static async Task<(int Online, int Offline)> UseAsync(Node node) =>
        (await node.Leases.ListAsync(withLeases: false))[0] is var pool ? (pool.Online, pool.Offline) : default;

    private static PoolConfig Pool(string name, string range) =>
        new(name, AddressRange.TryParse(range, out AddressRange? addresses) ? addresses : throw new FormatException(range), []);

    private sealed record Node(ISessionStore Store, ManualTime Time) : IAsyncDisposable
    {
        public DatabaseLeases Leases { get; } = new((ILeaseTable)Store, Time, new Random(1));

        public ValueTask DisposeAsync() => Store.DisposeAsync();
    }

    private sealed class ManualTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddDays(20_000);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan span) => _now += span;
    }
}

public sealed class PostgresLeasesTests(Store.PostgresServer server) : PooledLeasesContract, IClassFixture<Store.PostgresServer>
{
    private readonly string _database = server.CreateDatabase();

    private protected override ISessionStore Open() => new PostgresSessionStore(_database);
}

/// <summary>A file is one node's; here several connections to it stand for several lives of that node, and for a transaction each.</summary>
public sealed class SqliteLeasesTests : PooledLeasesContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-leases-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private protected override ISessionStore Open() => new SqliteSessionStore(Path.Combine(_folder, "sessions.db"));
}
