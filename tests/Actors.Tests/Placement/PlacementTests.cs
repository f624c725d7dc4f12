using System.Net;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
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
        await SpreadAsync(cluster);

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
    }

    [Fact]
    public async Task Where_every_datagram_comes_to_the_wrong_node_tunnels_come_up_rekey_and_go_all_the_same()
    {
        await using NodeCluster cluster = await new NodeCluster { Gateway = Gateway() }.StartAsync(Nodes);
        await SpreadAsync(cluster);
        (ClusterNode owner, ClusterNode ingress) = (cluster.Nodes[0], cluster.Nodes[1]);
        using NatBox nat = new(isInit => isInit ? owner : ingress);

        await using Peer peer = await Peer.CallAsync(cluster, nat);
        Assert.Equal(CallsPerNode, owner.Node.IkeSas.Count(ikeSa => ikeSa.State == IkeSaState.Established));
        foreach (IkeSaSnapshot ikeSa in peer.Node.IkeSas) peer.Node.Rekey(ikeSa.Session);
        for (int i = 0; i < CallsPerNode; i++) await peer.Events.NextAsync<IkeSaHappened>(happened => happened.Event is IkeSaRekeyed, $"rekey {i}");
        foreach (IkeSaSnapshot ikeSa in peer.Node.IkeSas) peer.Node.Close(ikeSa.Session);
        for (int i = 0; i < CallsPerNode; i++) await peer.Events.NextAsync<IkeSaEnded>(what: $"end {i}");

        PlacementCounters counters = ingress.Node.Placement;
        Assert.Equal(counters.Routed, counters.Hops);
        // IKE_AUTH, the rekeying with its Delete, and the Delete.
        Assert.True(counters.Hops >= CallsPerNode * 4, $"only {counters.Hops} datagrams hopped");
        Assert.True(owner.Node.Placement.TransmitsElsewhere >= counters.Hops);
        Assert.Empty(ingress.Node.IkeSas);
    }

    private static async Task SpreadAsync(NodeCluster cluster)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        int[] counts;
        do
        {
            await Task.Delay(50, patience.Token);
            counts = [.. cluster.Nodes.Select(node => node.Node.Context.Shards.Current.Count)];
        }
        while (counts.Sum() != SessionId.ShardCount || counts.Max() - counts.Min() > 8);
    }

    private static GatewayConfig Gateway() => new(
        [Connection("moon", "sun.example.org", "moon.example.org") with { Unique = UniquePolicy.Never, Children = [Child("10.2.0.0/24", "10.1.0.0/24")] }],
        [Samples.SharedKey("correct horse")]);

    private static ConnectionConfig Connection(string name, string local, string remote) => new()
    {
        Name = name,
        Mobike = false,
        Proposals = [ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)],
        Local = new AuthConfig(IdentityPattern.Parse(local)),
        Remote = new AuthConfig(IdentityPattern.Parse(remote)),
        Children = [],
    };

    private static ChildConfig Child(string local, string remote) => Samples.Child("net") with { LocalSelectors = [Samples.Net(local)], RemoteSelectors = [Samples.Net(remote)] };

    /// <summary>A gateway of its own that calls the nodes of a cluster, several times each.</summary>
    private sealed class Peer : IAsyncDisposable
    {
        private readonly MemoryXfrmBackend _kernel = new();

        public EventLog Events { get; } = new("moon");

        public ConcentratorNode Node { get; private set; } = null!;

        /// <summary>Each node of the cluster, under its own ports.</summary>
        public static Task<Peer> CallAsync(NodeCluster cluster) => CallAsync(cluster, [.. cluster.Nodes.Select(node => (node.Name, Port: (ushort)node.Node.Endpoints[0].Port))]);

        public static Task<Peer> CallAsync(NodeCluster cluster, NatBox nat) => CallAsync(cluster, [("nat", nat.Port)], nat.NatPort);

        private static async Task<Peer> CallAsync(NodeCluster cluster, IReadOnlyList<(string Name, ushort Port)> called, ushort natPort = 0)
        {
            Peer peer = new();
            List<ConnectionConfig> calls = [];
            foreach ((string name, ushort port) in called)
            {
                for (int call = 0; call < CallsPerNode; call++)
                {
                    calls.Add(Connection($"{name}-{call}", "moon.example.org", "sun.example.org") with
                    {
                        Unique = UniquePolicy.Never,
                        RemoteAddresses = [new AddressRange(IPAddress.Loopback, IPAddress.Loopback)],
                        RemotePort = port,
                        Children = [Child("10.1.0.0/24", "10.2.0.0/24") with { StartAction = ChildAction.Start }],
                    });
                }
            }

            NodeOptions options = cluster.Options("moon", NodeCluster.FreePort(), []) with { RemoteNatPort = natPort };
            peer.Node = await ConcentratorNode.StartAsync(
                options, new GatewayConfig(calls, [Samples.SharedKey("correct horse")]), NullLoggerFactory.Instance, peer._kernel, peer.Events, TestContext.Current.CancellationToken);
            for (int i = 0; i < calls.Count; i++) await peer.Events.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, $"child {i} installed");
            return peer;
        }

        public async ValueTask DisposeAsync()
        {
            await Node.DisposeAsync();
            Assert.Empty(_kernel.DumpSas());
        }
    }
}
