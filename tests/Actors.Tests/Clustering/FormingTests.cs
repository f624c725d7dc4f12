using System.Diagnostics;

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
}
