using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using static Concentrator.Actors.Tests.Clustering.ClusterPeers;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Placement;

/// <summary>Three nodes of one gateway, and a peer that calls each of them: where its datagrams go, and through which node they are answered.</summary>
public class PlacementTests
{
    private const int Nodes = 3;
    private const int CallsPerNode = 8;

    [Fact]
    public async Task In_the_steady_state_no_datagram_leaves_the_node_that_it_came_to()
    {
        await using NodeCluster cluster = await new NodeCluster { Gateway = Gateway() }.StartAsync(Nodes);
        await cluster.AwaitShardsAsync();

        await using Peer peer = await Peer.CallAsync(cluster);

        PlacementCounters[] counters = [.. cluster.Nodes.Select(node => node.Node.Placement)];
        long routed = counters.Sum(c => c.Routed), hops = counters.Sum(c => c.Hops);
        Assert.True(routed >= Nodes * CallsPerNode * 2, $"only {routed} datagrams");
        Assert.True(hops * 100 <= routed, $"{hops} of {routed} datagrams went to another node");
        Assert.Equal(0, counters.Sum(c => c.TransmitsElsewhere));
        foreach (ClusterNode node in cluster.Nodes)
        {
            Assert.Equal(CallsPerNode, node.Node.IkeSas.Count);
            Assert.All(node.Node.IkeSas, ikeSa => Assert.True(node.Node.Context.Shards.Current.Contains(ikeSa.Session.Shard)));
        }

        await ListAndCloseEverywhereAsync(cluster, peer);
    }

    [Fact]
    public async Task Where_every_datagram_comes_to_the_wrong_node_tunnels_come_up_and_rekey_and_their_data_is_on_that_node()
    {
        await using NodeCluster cluster = await new NodeCluster { Gateway = Gateway() }.StartAsync(Nodes);
        await cluster.AwaitShardsAsync();
        (ClusterNode owner, ClusterNode ingress) = (cluster.Nodes[0], cluster.Nodes[1]);
        ClusterNode way = ingress;
        using NatBox nat = new(isInit => isInit ? owner : Volatile.Read(ref way));

        await using Peer peer = await Peer.CallAsync(cluster, nat);
        Assert.Equal(CallsPerNode, owner.Node.IkeSas.Count(ikeSa => ikeSa.State == IkeSaState.Established));
        // Data is where the packets come in.
        Assert.Equal((0, CallsPerNode * 2), (owner.Kernel.DumpSas().Count, ingress.Kernel.DumpSas().Count));
        foreach (SaInfo sa in ingress.Kernel.DumpSas().Where(sa => sa.Id.Spi >> 28 == 0xc && owner.Node.IkeSas.Any(ikeSa => ikeSa.Children.Any(child => child.InboundSpi == sa.Id.Spi))))
            Assert.Contains(owner.Node.IkeSas, ikeSa => ikeSa.Session.Shard == (byte)(sa.Id.Spi >> 20));
        foreach (IkeSaSnapshot ikeSa in peer.Node.IkeSas) peer.Node.Rekey(ikeSa.Session);
        for (int i = 0; i < CallsPerNode; i++) await peer.Events.NextAsync<IkeSaHappened>(happened => happened.Event is IkeSaRekeyed, $"rekey {i}");
        PlacementCounters counters = ingress.Node.Placement, answers = owner.Node.Placement;
        // IKE_AUTH, the rekeying, and its Delete; each is answered through the node that it came to.
        await Wait.UntilAsync(() => counters.Hops >= CallsPerNode * 3 && counters.Hops == counters.Routed && answers.TransmitsElsewhere >= counters.Hops);
        Assert.Empty(ingress.Node.IkeSas);

        // The node that has the data dies, and its children with it.
        Volatile.Write(ref way, owner);
        await NodeCluster.KillAsync(ingress);
        for (int i = 0; i < CallsPerNode; i++) await owner.Events.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, $"child {i} lost");
        Assert.Empty(owner.Kernel.DumpSas());
    }

    [Fact]
    public async Task Sas_go_where_the_packets_come_with_their_keys_and_counters_and_are_swept_when_their_owner_dies()
    {
        await using NodeCluster cluster = await new NodeCluster { Gateway = Gateway() }.StartAsync(Nodes);
        await cluster.AwaitShardsAsync();
        (ClusterNode owner, ClusterNode ingress) = (cluster.Nodes[0], cluster.Nodes[1]);
        ClusterNode way = owner;
        using NatBox nat = new(_ => Volatile.Read(ref way));
        await using Peer peer = await Peer.CallAsync(cluster, nat);
        Assert.Equal((CallsPerNode * 2, 0), (owner.Kernel.DumpSas().Count, ingress.Kernel.DumpSas().Count));
        HashSet<uint> spis = [.. owner.Kernel.DumpSas().Select(sa => sa.Id.Spi)];

        Volatile.Write(ref way, ingress);
        foreach (IkeSaSnapshot ikeSa in peer.Node.IkeSas) peer.Node.Rekey(ikeSa.Session);
        await EmptyAsync(owner.Kernel);

        Assert.Equal(spis, ingress.Kernel.DumpSas().Select(sa => sa.Id.Spi).ToHashSet());
        Assert.Equal(CallsPerNode, owner.Node.Placement.Relocations);
        foreach (ChildSaSnapshot child in owner.Node.IkeSas.SelectMany(ikeSa => ikeSa.Children))
        {
            SaSpec ours = Read(ingress.Kernel, child.OutboundSpi, XfrmDirection.Out), theirs = Read(peer.Kernel, child.OutboundSpi, XfrmDirection.In);
            Assert.Equal(theirs.Algorithms.Aead!.Key, ours.Algorithms.Aead!.Key);
            // Numbers that the old kernel may have sent meanwhile are left out.
            Assert.Equal(1UL << 14, ours.Progress!.Sent);
        }

        // The node that has the control dies: what it had in the other kernel is swept there.
        await NodeCluster.KillAsync(owner);
        await EmptyAsync(ingress.Kernel);
    }

    /// <summary>Any node tells of all, and closes any.</summary>
    private static async Task ListAndCloseEverywhereAsync(NodeCluster cluster, Peer peer)
    {
        List<PlacedIkeSa> all = [];
        await foreach (PlacedIkeSa placed in cluster.Nodes[2].Node.ListEverywhereAsync(withTraffic: true, TestContext.Current.CancellationToken)) all.Add(placed);
        Assert.Equal(Nodes * CallsPerNode, all.Select(placed => placed.IkeSa.Session).Distinct().Count());
        Assert.Equal(cluster.Nodes.Select(node => $"127.0.0.1:{node.ClusterPort}").Order(StringComparer.Ordinal), all.Select(placed => placed.Node).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(CallsPerNode, all.Count(placed => placed.IsHere));
        foreach (PlacedIkeSa placed in all)
        {
            ClusterNode home = cluster.Nodes.Single(node => node.Node.Find(placed.IkeSa.Session) is not null);
            IkeSaSnapshot there = home.Node.Find(placed.IkeSa.Session)!;
            Assert.Equal((there.Name, there.Number, there.LocalSpi, there.RemoteIdentity, there.Suite), (placed.IkeSa.Name, placed.IkeSa.Number, placed.IkeSa.LocalSpi, placed.IkeSa.RemoteIdentity, placed.IkeSa.Suite));
            Assert.Equal(Assert.Single(there.Children).InboundSpi, Assert.Single(placed.IkeSa.Children).InboundSpi);
            Assert.NotNull(Assert.Single(placed.Traffic).Value.Inbound);
        }

        PlacedIkeSa elsewhere = all.First(placed => !placed.IsHere);
        cluster.Nodes[2].Node.Close(elsewhere.IkeSa.Session);
        await peer.Events.NextAsync<IkeSaHappened>(happened => happened.Event is StateChanged { To: IkeSaState.Tombstone }, "closed from another node");
    }

    private static SaSpec Read(MemoryXfrmBackend kernel, uint spi, XfrmDirection direction) =>
        kernel.Execute(new ReadSa(Assert.Single(kernel.DumpSas(), sa => sa.Id.Spi == spi).Id, direction)).Spec!;

    private static Task EmptyAsync(MemoryXfrmBackend kernel) => Wait.UntilAsync(() => kernel.DumpSas().Count + kernel.DumpPolicies().Count == 0);

    /// <summary>A gateway of its own that calls the nodes of a cluster, several times each.</summary>
    private sealed class Peer : IAsyncDisposable
    {
        public MemoryXfrmBackend Kernel { get; } = new();

        public EventLog Events { get; } = new("moon");

        public ConcentratorNode Node { get; private set; } = null!;

        /// <summary>Each node of the cluster, under its own ports.</summary>
        public static Task<Peer> CallAsync(NodeCluster cluster) => CallAsync(cluster, [.. cluster.Nodes.Select(node => (node.Name, Port: (ushort)node.Node.Endpoints[0].Port))]);

        public static Task<Peer> CallAsync(NodeCluster cluster, NatBox nat) => CallAsync(cluster, [("nat", nat.Port)], nat.NatPort);

        private static async Task<Peer> CallAsync(NodeCluster cluster, IReadOnlyList<(string Name, ushort Port)> called, ushort natPort = 0)
        {
            Peer peer = new();
            (string, ushort Port)[] calls = [.. called.SelectMany(node => Enumerable.Range(0, CallsPerNode).Select(call => ($"{node.Name}-{call}", node.Port)))];
            NodeOptions options = cluster.Options("moon", NodeCluster.FreePort(), []) with { RemoteNatPort = natPort };
            peer.Node = await ConcentratorNode.StartAsync(
                options, Callers(calls), NullLoggerFactory.Instance, peer.Kernel, peer.Events, TestContext.Current.CancellationToken);
            for (int i = 0; i < calls.Length; i++) await peer.Events.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, $"child {i} installed");
            return peer;
        }

        public async ValueTask DisposeAsync()
        {
            await Node.DisposeAsync();
            Assert.Empty(Kernel.DumpSas());
        }
    }
}
