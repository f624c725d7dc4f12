using System.Net;
using System.Net.Sockets;
using Akka.Cluster;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Concentrator.Actors.Tests.Clustering;

/// <summary>
/// Several nodes of one cluster in one process: mutual TLS over loopback, kernels in memory, certificates of an authority of its own. The first forms the
/// cluster, the others have it as their seed. At the end all that live are stopped in order, and nothing may be left in their kernels.
/// </summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-cluster").FullName;
    private readonly List<ClusterNode> _nodes = [];
    private int _started;

    public NodeCluster() => Authority = ClusterAuthority.Create(Path.Combine(_folder, "ca"), DateTimeOffset.UtcNow.AddDays(-30));

    public ClusterAuthority Authority { get; }

    /// <summary>Those that were started, the dead ones among them.</summary>
    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    public IEnumerable<ClusterNode> Living => _nodes.Where(node => !node.IsDead);

    public GatewayConfig Gateway { get; init; } = new([], []);

    /// <summary>What a test varies, by the number of the node.</summary>
    public Func<int, NodeOptions, NodeOptions> Vary { get; init; } = (_, options) => options;

    /// <summary>Starts this many and returns when each knows all of them as Up.</summary>
    public async Task<NodeCluster> StartAsync(int nodes)
    {
        for (int i = 0; i < nodes; i++) await AddAsync();
        await AwaitMembersAsync(nodes);
        return this;
    }

    /// <summary>One more node of the cluster.</summary>
    public async Task<ClusterNode> AddAsync()
    {
        int number = _started++;
        IReadOnlyList<DnsEndPoint> seeds = number == 0 ? [] : [.. Living.Take(1).Select(node => new DnsEndPoint("127.0.0.1", node.ClusterPort))];
        return await AddAsync(Vary(number, Options($"n{number}", FreePort(), seeds)));
    }

    /// <summary>One that has these options.</summary>
    public async Task<ClusterNode> AddAsync(NodeOptions options)
    {
        ClusterNode node = new(options.Cluster.Name, options.Cluster.Port);
        node.Node = await ConcentratorNode.StartAsync(options, Gateway, node.Log, node.Kernel, node.Events, TestContext.Current.CancellationToken);
        lock (_nodes) _nodes.Add(node);
        return node;
    }

    /// <summary>Options of a node with a certificate of its own name.</summary>
    public NodeOptions Options(string name, int port, IReadOnlyList<DnsEndPoint> seeds) => new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Port = 0,
        NatPort = 0,
        Kernel = KernelKind.Memory,
        Retransmit = new RetransmitPolicy(TimeSpan.FromMilliseconds(300), 1.5, 3),
        ChildRetry = new BackOff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)),
        ConnectionRetry = new BackOff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)),
        CloseGrace = TimeSpan.FromMilliseconds(500),
        Cluster = new ClusterNodeOptions
        {
            Name = name,
            Port = (ushort)port,
            Seeds = seeds,
            Tls = File.Exists(Path.Combine(_folder, "ca", $"{name}.pem"))
                ? new ClusterTlsFiles(Path.Combine(_folder, "ca", $"{name}.pem"), Path.Combine(_folder, "ca", $"{name}.key"), Authority.CertificateFile)
                : Authority.Issue(name, DateTimeOffset.UtcNow),
        },
    };

    /// <summary>Ends a node as SIGKILL does.</summary>
    public static async Task KillAsync(ClusterNode node)
    {
        node.IsDead = true;
        await node.Node.CrashAsync();
    }

    /// <summary>Every living node has just this many members, all Up and reachable.</summary>
    public Task AwaitMembersAsync(int members) =>
        AwaitAsync(() => Living.All(node => node.Sees(members)), () => $"not {members} members everywhere: {string.Join("; ", Living.Select(node => $"{node.Name}: {node.Members}"))}");

    /// <summary>Each living node has its part of the shards, so that an IKE SA lives where it was called.</summary>
    public Task AwaitShardsAsync()
    {
        int[] Shards() => [.. Living.Select(node => node.Node.Context.Shards.Current.Count)];
        return AwaitAsync(() => Shards().Sum() == SessionId.ShardCount && Shards().Max() - Shards().Min() <= 8, () => $"shards: {string.Join(", ", Shards())}");
    }

    /// <summary>Returns when this is so. A test that fails for want of it shows <paramref name="found"/> and what each living node logged.</summary>
    public Task AwaitAsync(Func<bool> isSo, Func<string> found) =>
        Wait.UntilAsync(isSo, () => $"{found()}\n{string.Join('\n', Living.Select(node => $"{node.Name}:\n  {string.Join("\n  ", node.Log.Lines)}"))}");

    public static ushort FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return (ushort)((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterNode node in _nodes.AsEnumerable().Reverse())
        {
            await node.Node.DisposeAsync();
            if (node.IsDead) continue;
            Assert.Empty(node.Kernel.DumpSas());
            Assert.Empty(node.Kernel.DumpPolicies());
        }

        Authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>One node of a <see cref="NodeCluster"/>.</summary>
internal sealed class ClusterNode(string name, ushort clusterPort)
{
    public string Name { get; } = name;

    public ushort ClusterPort { get; } = clusterPort;

    public MemoryXfrmBackend Kernel { get; } = new();

    public EventLog Events { get; } = new(name);

    public LogLines Log { get; } = new();

    public ConcentratorNode Node { get; set; } = null!;

    public bool IsDead { get; set; }

    public AkkaCluster Cluster => AkkaCluster.Get(Node.System);

    public string Members => $"{string.Join(", ", Cluster.State.Members)}; unreachable: {string.Join(", ", Cluster.State.Unreachable)}";

    public bool Sees(int members) => Cluster.State.Members.Count == members && Cluster.State.Members.All(member => member.Status == MemberStatus.Up) && Cluster.State.Unreachable.Count == 0;
}
