using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Actors.Tests;

/// <summary>
/// An actor system with a real KernelActor on a kernel in memory; router, connections and the shard region are probes. Ends with a leak
/// assertion: nothing is left in the kernel.
/// </summary>
public abstract class ActorFixture : TestKit
{
    // Patient: only a test that fails waits so long.
    private static readonly Config Quiet = ConfigurationFactory.ParseString("akka { loglevel = OFF, test.single-expect-default = 20s }");

    // For actors that ask who is in the cluster.
    private static readonly Config Member = ConfigurationFactory.ParseString("akka { actor.provider = cluster, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }");

    private protected ActorFixture(NodeOptions? options = null, params IReadOnlyList<ConnectionConfig> connections)
        : this(isMember: false, options, connections)
    {
    }

    private protected ActorFixture(bool isMember, NodeOptions? options = null, params IReadOnlyList<ConnectionConfig> connections)
        : base((isMember ? Quiet.WithFallback(Member) : Quiet).WithFallback(ClusterSettings.Of(new ClusterNodeOptions())))
    {
        SeededRandom random = new(1);
        NodeLog log = new(NullLoggerFactory.Instance);
        Node = new NodeContext(TimeProvider.System)
        {
            Options = options ?? new NodeOptions(),
            Log = log,
            Minter = new SpiMinter(new Secret(new byte[32]), random),
            Transport = new TransportTable(log, TimeProvider.System),
            Session = new SessionContext { Config = new GatewayConfig(connections, []), Random = random, IsUsableForEsp = t => Node!.Capabilities.Current.IsUsable(t) },
        };
        for (int shard = 0; shard < SessionId.ShardCount; shard++) Node.Shards.Enter((byte)shard);
        Router = CreateTestProbe("router");
        Connections = CreateTestProbe("connections");
        Region = CreateTestProbe("region");
        Pools = CreateTestProbe("pools");
        KernelActor = Sys.ActorOf(Concentrator.Actors.Kernel.KernelActor.Props(Node, Kernel).WithDispatcher(ClusterSettings.KernelDispatcher), "kernel");
        Node.Actors = new NodeActors(KernelActor, Connections, Router, Region) { Pools = Pools };
    }

    private protected MemoryXfrmBackend Kernel { get; } = new();

    private protected NodeContext Node { get; }

    protected Akka.TestKit.TestProbe Router { get; }

    protected Akka.TestKit.TestProbe Connections { get; }

    protected Akka.TestKit.TestProbe Region { get; }

    protected Akka.TestKit.TestProbe Pools { get; }

    protected IActorRef KernelActor { get; }

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The same node with service addresses, on another clock, and without a shard yet.</summary>
    private protected NodeContext WithAddresses(IReadOnlyList<ServiceAddress> addresses, TimeProvider time) => new(time)
    {
        Options = Node.Options,
        Log = Node.Log,
        Minter = Node.Minter,
        Transport = Node.Transport,
        Session = Node.Session,
        Addresses = new AddressBoard(addresses),
        Actors = Node.Actors,
    };

    private protected Task<TableCounts> CountsAsync() => KernelActor.Ask<TableCounts>(CountEntries.Instance, TimeSpan.FromSeconds(20), Cancel);

    private protected async Task AssertNothingLeftAsync()
    {
        await AwaitAssertAsync(
            async () => Assert.Equal(new TableCounts(0, 0, 0, 0), await CountsAsync()), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(10), Cancel);
        Assert.Empty(Kernel.DumpSas());
        Assert.Empty(Kernel.DumpPolicies());
    }
}
