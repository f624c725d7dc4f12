using Concentrator.Actors.Node;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using static Concentrator.Actors.Tests.Clustering.ClusterPeers;

namespace Concentrator.Actors.Tests.Connections;

/// <summary><c>unique</c> in a cluster: one identity calls two nodes of one gateway, one after the other or both at once.</summary>
public sealed class UniqueNodesTests
{
    [Fact]
    public async Task With_replace_the_newer_one_on_another_node_ends_the_older_one()
    {
        await using NodeCluster cluster = await StartAsync(UniquePolicy.Replace);
        await using Caller first = await Caller.CallAsync(cluster, 0);
        await AwaitAsync(cluster, 1, 0);
        await using Caller second = await Caller.CallAsync(cluster, 1);
        await AwaitAsync(cluster, 0, 1);
        IkeSaEnded ended = await cluster.Nodes[0].Events.NextAsync<IkeSaEnded>();
        Assert.Equal(EndReason.Replaced, ended.Reason);
    }

    [Fact]
    public async Task With_keep_the_newer_one_on_another_node_is_closed()
    {
        await using NodeCluster cluster = await StartAsync(UniquePolicy.Keep);
        await using Caller first = await Caller.CallAsync(cluster, 0);
        await AwaitAsync(cluster, 1, 0);
        await using Caller second = await Caller.CallAsync(cluster, 1);
        await second.Events.NextAsync<IkeSaHappened>(happened => happened.Event is StateChanged { To: IkeSaState.Tombstone }, "deleted by the gateway");
        await AwaitAsync(cluster, 1, 0);
    }

    [Fact]
    public async Task With_never_both_live()
    {
        await using NodeCluster cluster = await StartAsync(UniquePolicy.Never);
        await using Caller first = await Caller.CallAsync(cluster, 0);
        await using Caller second = await Caller.CallAsync(cluster, 1);
        await AwaitAsync(cluster, 1, 1);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal([1, 1], Established(cluster));
    }

    [Theory]
    [InlineData(UniquePolicy.Replace)]
    [InlineData(UniquePolicy.Keep)]
    public async Task Of_two_at_the_same_moment_one_stays(UniquePolicy unique)
    {
        await using NodeCluster cluster = await StartAsync(unique);
        Caller[] callers = await Task.WhenAll(Caller.CallAsync(cluster, 0), Caller.CallAsync(cluster, 1));
        await AwaitAsync(cluster, total: 1);
        // And it goes on staying.
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal(1, Established(cluster).Sum());
        foreach (Caller caller in callers) await caller.DisposeAsync();
    }

    private static int[] Established(NodeCluster cluster) => [.. cluster.Nodes.Select(node => node.Node.IkeSas.Count(ikeSa => ikeSa.State == IkeSaState.Established))];

    private static Task AwaitAsync(NodeCluster cluster, params int[] counts) =>
        cluster.AwaitAsync(() => Established(cluster).SequenceEqual(counts), () => $"wanted {string.Join(", ", counts)}, there are {string.Join(", ", Established(cluster))}");

    private static Task AwaitAsync(NodeCluster cluster, int total) =>
        cluster.AwaitAsync(() => Established(cluster).Sum() == total, () => $"wanted {total} in all, there are {string.Join(", ", Established(cluster))}");

    /// <summary>Both nodes have shards, so that an IKE SA lives where it was called.</summary>
    private static async Task<NodeCluster> StartAsync(UniquePolicy unique)
    {
        NodeCluster cluster = await new NodeCluster
        {
            Gateway = Gateway(unique),
        }.StartAsync(2);
        await cluster.AwaitShardsAsync();
        return cluster;
    }

    /// <summary>A gateway of its own that calls one node of the cluster, and does not say INITIAL_CONTACT.</summary>
    private sealed class Caller : IAsyncDisposable
    {
        private readonly MemoryXfrmBackend _kernel = new();

        public EventLog Events { get; } = new("moon");

        private ConcentratorNode Node { get; set; } = null!;

        public static async Task<Caller> CallAsync(NodeCluster cluster, int node)
        {
            Caller caller = new();
            caller.Node = await ConcentratorNode.StartAsync(
                cluster.Options($"moon{node}", NodeCluster.FreePort(), []), Callers([("sun", (ushort)cluster.Nodes[node].Node.Endpoints[0].Port)]), NullLoggerFactory.Instance,
                caller._kernel, caller.Events, TestContext.Current.CancellationToken);
            // Not its child: the gateway may close a second one before that is installed.
            await caller.Events.NextAsync<IkeSaHappened>(happened => happened.Event is StateChanged { To: IkeSaState.Established }, "established");
            return caller;
        }

        public async ValueTask DisposeAsync()
        {
            await Node.DisposeAsync();
            Assert.Empty(_kernel.DumpSas());
        }
    }
}
