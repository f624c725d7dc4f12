using System.Collections.Concurrent;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Clustering;
using static Concentrator.Actors.Tests.Store.StoredCluster;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Store;

/// <summary>A node comes while the database is away, and has its share of the shards: their tunnels are not closed, and go on there when the database is back.</summary>
[Collection(nameof(StoredClusters))]
public sealed class MovingWithoutStoreTests(PostgresServer server)
{
    private const int Calls = 16;

    private readonly ConcurrentBag<GatedStore> _databases = [];
    private volatile bool _isAway;

    [Fact]
    public async Task Shards_that_leave_while_the_database_is_away_cost_no_peer_anything()
    {
        await using StoredCluster cluster = await new StoredCluster(server.CreateDatabase()) { Between = Between }.StartAsync(1);
        ClusterNode first = cluster.Nodes.Nodes[0];
        await cluster.CallAsync(Calls, first);
        await cluster.SettleAsync(() => cluster.Entries.All(entry => entry.Stored.IsCurrent), "all are stored");
        SetAway(true);
        await cluster.SettleAsync(() => !first.Node.Store!.IsAvailable, "the database is missed");

        ClusterNode newcomer = await cluster.Nodes.AddAsync();
        await cluster.Nodes.AwaitMembersAsync(2);
        await cluster.SettleAsync(() => first.Node.Context.Sessions.Count < Calls, "shards with tunnels have left");
        Assert.Equal(0, newcomer.Node.Context.Sessions.Count);
        cluster.AssertPeerHasNoticedNothing();

        // More may be leaving still.
        SetAway(false);
        await cluster.SettleAsync(() => cluster.Entries.Count() == Calls && cluster.Sas == 2 * Calls, "all are somewhere, and have their SAs");
        await cluster.Nodes.AwaitShardsAsync();
        await cluster.SettleAsync(() => cluster.Entries.Count() == Calls && cluster.Sas == 2 * Calls, "all are where they stay");
        Assert.Equal(Calls, cluster.Entries.Select(entry => entry.Session).Distinct().Count());
        int moved = newcomer.Node.Context.Sessions.Count;
        Assert.InRange(moved, 1, Calls);
        cluster.AssertPeerHasNoticedNothing();
        cluster.SpeakAsPeer();
        await cluster.SettleAsync(() => Answered(newcomer) >= moved, "the peer has answered all that are at the newcomer");
        cluster.AssertPeerHasNoticedNothing();
    }

    private GatedStore Between(ISessionStore database)
    {
        GatedStore gated = new(database) { IsCutOff = _isAway };
        _databases.Add(gated);
        return gated;
    }

    private void SetAway(bool isAway)
    {
        _isAway = isAway;
        foreach (GatedStore database in _databases) database.IsCutOff = isAway;
    }
}
