using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using static Concentrator.Actors.Tests.Store.StoredCluster;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Store;

/// <summary>
/// Nodes are killed. The others claim their rows and put their SAs into their kernels before they wake anybody, at a bounded rate; where their addresses go the peers
/// answer, and nobody authenticates anew.
/// </summary>
[Collection(nameof(StoredClusters))]
public sealed class TakeOverTests(PostgresServer server)
{
    private const int Calls = 24;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_nodes_sessions_go_on_elsewhere_data_first_and_paced_and_it_comes_back()
    {
        await using StoredCluster cluster = await new StoredCluster(server.CreateDatabase()).StartAsync(3);
        ClusterNode killed = cluster.Nodes.Nodes[0], heir = cluster.Nodes.Nodes[1];
        await cluster.CallAsync(Calls, killed);
        EventLog newcomersEvents = new("newcomer");
        using MemoryXfrmBackend newcomersKernel = new();
        ConcentratorNode newcomer = await cluster.AddCallerAsync(heir, newcomersKernel, newcomersEvents);
        IPEndPoint address = killed.Node.Endpoints[0];

        await NodeCluster.KillAsync(killed);
        await cluster.SettleAsync(() => cluster.Sas == 2 * Calls, "all SAs are there");
        int awake = cluster.Entries.Count(entry => entry.IsTaken), inherited = heir.Node.Context.Sessions.Entries.Count();
        Assert.True(awake < Calls, $"{awake} were awake when the last SA came");
        Assert.Equal(Calls, cluster.Nodes.Living.Sum(node => node.Node.Store!.Restored));
        Assert.InRange(inherited, 1, Calls);

        // The others are not kept waiting: a newcomer is up at once, though most of the old ones still sleep.
        newcomer.Initiate($"{heir.Name}-0", "net");
        await newcomersEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "the newcomer is up");
        Assert.Contains(cluster.Entries, entry => !entry.IsTaken);
        await newcomer.DisposeAsync();

        TakeAddress(heir, address);
        await cluster.SettleAsync(() => Answered(heir) == inherited, "the peer has answered all that are where its datagrams go");
        await cluster.SettleAsync(() => cluster.Entries.All(entry => entry.IsTaken), "all are awake");
        cluster.AssertPeerHasNoticedNothing();

        // It has its name and its share of the shards again, and no session ends on the way.
        NodeOptions again = cluster.Stored(cluster.Nodes.Options(killed.Name, NodeCluster.FreePort(), [new DnsEndPoint("127.0.0.1", heir.ClusterPort)]));
        await cluster.Nodes.AddAsync(again);
        await cluster.Nodes.AwaitMembersAsync(3);
        await cluster.Nodes.AwaitShardsAsync();
        await cluster.SettleAsync(() => cluster.Entries.Count() == Calls, "all sessions are somewhere");
        cluster.AssertPeerHasNoticedNothing();
    }

    [Fact]
    public async Task Of_five_nodes_two_are_killed_at_once()
    {
        await using StoredCluster cluster = await new StoredCluster(server.CreateDatabase()).StartAsync(5);
        ClusterNode[] killed = [cluster.Nodes.Nodes[1], cluster.Nodes.Nodes[3]];
        ClusterNode heir = cluster.Nodes.Nodes[2];
        await cluster.CallAsync(Calls / 2, killed);
        IPEndPoint[] addresses = [.. killed.Select(node => node.Node.Endpoints[0])];

        await Task.WhenAll(killed.Select(NodeCluster.KillAsync));
        await cluster.SettleAsync(() => cluster.Sas == 2 * Calls, "all SAs are there");
        await cluster.Nodes.AwaitMembersAsync(3);
        await cluster.SettleAsync(() => cluster.Entries.Count() == Calls, "all sessions are there, and each once");
        int inherited = heir.Node.Context.Sessions.Entries.Count();
        foreach (IPEndPoint address in addresses) TakeAddress(heir, address);
        await cluster.SettleAsync(() => Answered(heir) >= inherited, "the peer has answered all that are where its datagrams go");
        cluster.AssertPeerHasNoticedNothing();
    }
}
