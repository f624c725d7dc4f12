using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Kernel;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Concentrator.Actors.Tests.Clustering;

/// <summary>Nodes find each other, know each other's names, and notice when one is gone.</summary>
public class FormingTests
{
    [Fact]
    public async Task Nodes_with_a_seed_are_one_cluster_and_one_that_leaves_is_not_missed()
    {
        await using NodeCluster cluster = await new NodeCluster().StartAsync(3);

        ClusterNode leaver = cluster.Nodes[1];
        await leaver.Node.StopAsync();
        leaver.IsDead = true;
        await cluster.AwaitMembersAsync(2);

        Assert.Contains(cluster.Nodes[0].Log.Lines, line => line.Contains("node n1 at 127.0.0.1", StringComparison.Ordinal) && line.Contains("has left", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_killed_node_is_given_up_within_three_seconds()
    {
        await using NodeCluster cluster = await new NodeCluster().StartAsync(3);

        Stopwatch watch = Stopwatch.StartNew();
        await NodeCluster.KillAsync(cluster.Nodes[2]);
        await cluster.AwaitMembersAsync(2);

        TestContext.Current.SendDiagnosticMessage($"given up after {watch.Elapsed.TotalSeconds:F2} s");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3.5));
    }

    [Fact]
    public async Task A_second_node_of_the_same_name_is_refused_and_both_are_named()
    {
        await using NodeCluster cluster = await new NodeCluster().StartAsync(1);
        NodeOptions twin = cluster.Options("n0", NodeCluster.FreePort(), [new DnsEndPoint("127.0.0.1", cluster.Nodes[0].ClusterPort)]);

        NodeStartException refused = await Assert.ThrowsAsync<NodeStartException>(() => StartAsync(twin));

        Assert.Contains($"a node called n0 is in the cluster already, at 127.0.0.1:{cluster.Nodes[0].ClusterPort}", refused.Message, StringComparison.Ordinal);
        await cluster.AwaitMembersAsync(1);
    }

    [Fact]
    public async Task A_second_node_at_the_same_address_is_refused()
    {
        await using NodeCluster cluster = await new NodeCluster().StartAsync(1);

        NodeStartException refused = await Assert.ThrowsAsync<NodeStartException>(() => StartAsync(cluster.Options("other", cluster.Nodes[0].ClusterPort, [])));

        Assert.Contains("EADDRINUSE", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_was_killed_comes_back_under_its_name_before_the_cluster_has_given_it_up()
    {
        await using NodeCluster cluster = await new NodeCluster().StartAsync(3);
        ClusterNode victim = cluster.Nodes[2];

        await NodeCluster.KillAsync(victim);
        NodeOptions again = cluster.Options(victim.Name, NodeCluster.FreePort(), [new DnsEndPoint("127.0.0.1", cluster.Nodes[0].ClusterPort)]);
        await using ConcentratorNode back = await StartAsync(again);

        await cluster.AwaitMembersAsync(3);
    }

    // Each knows itself, and the others it, whatever the seeds make of an address.
    [Fact]
    public async Task Nodes_at_IPv6_addresses_that_start_at_once_are_one_cluster_and_one_at_IPv4_joins_it()
    {
        await using NodeCluster cluster = new();
        DnsEndPoint[] seeds = [new DnsEndPoint("::1", NodeCluster.FreePort()), new DnsEndPoint("0:0::0001", NodeCluster.FreePort())];
        IEnumerable<NodeOptions> options = seeds.Select((seed, i) => cluster.Options($"n{i}", seed.Port, seeds)).Select(node => node with { Cluster = node.Cluster with { Host = "::1" } });

        await Task.WhenAll(options.Select(cluster.AddAsync));
        await cluster.AddAsync(cluster.Options("n2", NodeCluster.FreePort(), seeds));
        await cluster.AwaitMembersAsync(3);
        await NodeCluster.KillAsync(cluster.Nodes[1]);
        await cluster.AwaitMembersAsync(2);

        string killed = $"[::1]:{cluster.Nodes[1].ClusterPort}";
        Assert.Contains(cluster.Nodes[0].Log.Lines, line => line.Contains($"node {cluster.Nodes[1].Name} at {killed} is given up", StringComparison.Ordinal));
        Assert.DoesNotContain(killed, cluster.Nodes[0].Node.GetClusterMap().Nodes.Select(node => node.Address));
        Assert.Contains($"[::1]:{cluster.Nodes[0].ClusterPort}", cluster.Nodes[0].Node.GetClusterMap().Nodes.Select(node => node.Address));
    }

    // A headless service: each node finds all addresses at once.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nodes_that_start_at_once_and_find_each_other_by_dns_are_one_cluster(int shift)
    {
        await using NodeCluster cluster = new();
        ushort port = NodeCluster.FreePort();
        IPAddress[] addresses = [.. Enumerable.Range(1, 3).Select(i => IPAddress.Parse($"127.0.0.{i}"))];
        // DNS gives them in any order.
        NodeOptions[] options = [.. addresses.Select((address, i) => ByDns(cluster, $"n{i}", address, port, (_, _) => Task.FromResult<IPAddress[]>([.. addresses[shift..], .. addresses[..shift]])))];

        ConcentratorNode[] nodes = await Task.WhenAll(options.Skip(shift).Concat(options.Take(shift)).Select(o => StartAsync(o)));
        await AwaitOneClusterAsync(nodes, 3);

        foreach (ConcentratorNode node in nodes) await node.DisposeAsync();
    }

    // Records that come one by one must not make two clusters, and who is lowest but late joins what is there.
    [Fact]
    public async Task One_that_comes_later_joins_the_cluster_though_its_address_is_the_lowest()
    {
        await using NodeCluster cluster = new();
        ushort port = NodeCluster.FreePort();
        IPAddress[] known = [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")];
        Task<IPAddress[]> Resolve(string name, CancellationToken cancel) => Task.FromResult(Volatile.Read(ref known));
        await using ConcentratorNode second = await StartAsync(ByDns(cluster, "n2", known[0], port, Resolve), quorum: 1);
        Volatile.Write(ref known, [IPAddress.Parse("127.0.0.1"), .. known]);
        await using ConcentratorNode first = await StartAsync(ByDns(cluster, "n1", known[0], port, Resolve), quorum: 1);

        await AwaitOneClusterAsync([first, second], 2);
    }

    [Fact]
    public async Task Without_a_majority_of_the_contact_points_no_cluster_is_formed_and_the_log_says_who_is_missed()
    {
        await using NodeCluster cluster = new();
        ushort port = NodeCluster.FreePort();
        DnsEndPoint[] seeds = [.. Enumerable.Range(1, 3).Select(i => new DnsEndPoint($"127.0.0.{i}", port))];
        NodeOptions options = cluster.Options("n1", port, seeds);
        LogLines log = new();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(8));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConcentratorNode.StartAsync(options, cluster.Gateway, log, new MemoryXfrmBackend(), null, patience.Token));

        Assert.Contains(log.Lines, line => line.Contains($"1 of the 2 nodes that it takes are here; no answer from 127.0.0.2:{port}, 127.0.0.3:{port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_cannot_be_looked_up_yet_is_asked_for_again()
    {
        await using NodeCluster cluster = new();
        ushort port = NodeCluster.FreePort();
        int asked = 0;
        NodeOptions options = ByDns(cluster, "n1", IPAddress.Loopback, port, (_, _) => Interlocked.Increment(ref asked) < 3 ? throw new SocketException(11001) : Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        LogLines log = new();

        await using ConcentratorNode node = await ConcentratorNode.StartAsync(options, cluster.Gateway, log, new MemoryXfrmBackend(), null, TestContext.Current.CancellationToken);

        Assert.Contains(log.Lines, line => line.Contains("cannot be looked up as nodes.example", StringComparison.Ordinal));
    }

    private static NodeOptions ByDns(NodeCluster cluster, string name, IPAddress address, ushort port, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        NodeOptions options = cluster.Options(name, port, []);
        return options with { Cluster = options.Cluster with { Host = address.ToString(), Dns = new DnsEndPoint("nodes.example", 0), Resolve = resolve } };
    }

    private static Task<ConcentratorNode> StartAsync(NodeOptions options, int? quorum = null) => ConcentratorNode.StartAsync(
        options with { Cluster = options.Cluster with { Quorum = quorum } }, new GatewayConfig([], []), new LogLines(), new MemoryXfrmBackend(), null, TestContext.Current.CancellationToken);

    private static Task AwaitOneClusterAsync(ConcentratorNode[] nodes, int members) =>
        Wait.UntilAsync(() => nodes.All(node => AkkaCluster.Get(node.System).State.Members.Count == members), () => $"not {members} members everywhere");
}
