using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Clustering.Addresses;
using Concentrator.Actors.Tests.Node;
using Concentrator.Actors.Tests.Placement;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using static Concentrator.Actors.Tests.Clustering.ClusterPeers;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Draining;

/// <summary>
/// Nodes of one cluster with one PostgreSQL and one service address, and a peer with several tunnels to that address: its datagrams go to the node that has it. At the end of a
/// test the peer must have authenticated once for each tunnel, and no more.
/// </summary>
internal sealed class DrainLab : IAsyncDisposable
{
    public const int Tunnels = 6;

    /// <summary>Nobody is given up for dead because the machine is busy.</summary>
    private static readonly RetransmitPolicy Patient = new(TimeSpan.FromMilliseconds(500), 1.5, 8);

    private readonly AddressSegment _segment = new();
    private readonly string _keys = KeyRing.NewLine();
    private ClusterNode? _lastHolder;
    private NatBox? _nat;

    public DrainLab(string? database) => Cluster = new NodeCluster
    {
        Gateway = Gateway(),
        Vary = (number, options) => options with
        {
            ServiceAddresses = [.. Addresses(number).Select(address => new ServiceAddress(address, 32, "lo"))],
            OpenServiceAddresses = () => _segment.Open($"n{number}"),
            Store = database is null ? null : new StoreOptions { Postgres = database, KeyText = _keys },
            DrainOnStop = DrainOnStop,
            Retransmit = Patient,
            WakeRate = WakeRate(number),
            // All nodes are in one process, and a loaded machine is no dead node.
            Cluster = options.Cluster with { HeartbeatPause = TimeSpan.FromSeconds(3) },
        },
    };

    public bool DrainOnStop { get; init; }

    /// <summary>Of each node, by its number.</summary>
    public Func<int, int> WakeRate { get; init; } = _ => new NodeOptions().WakeRate;

    /// <summary>The service addresses of each node, by its number; the one that the peer calls among them.</summary>
    public Func<int, IReadOnlyList<IPAddress>> Addresses { get; set; } = _ => [IPAddress.Loopback];

    public NodeCluster Cluster { get; }

    public MemoryXfrmBackend PeerKernel { get; } = new();

    public EventLog PeerEvents { get; } = new("moon");

    public ConcentratorNode Peer { get; private set; } = null!;

    /// <summary>Who has the address; between two holders the former.</summary>
    public ClusterNode Holder => _lastHolder = Cluster.Living.FirstOrDefault(HasAddress) ?? _lastHolder ?? Cluster.Nodes[0];

    public ClusterNode Other => Cluster.Living.Single(node => node != Holder);

    /// <summary>Called when the address is about to be on the node of this name.</summary>
    public void OnArrival(Action<string> arrival) => _segment.Arriving = arrival;

    /// <summary>The host of this node loses the address and takes it no more; null: it takes it again.</summary>
    public void Refuse(ClusterNode? node) => _segment.Refusing = node?.Name;

    public bool HasAddress(ClusterNode node) => _segment.Of(node.Name).Contains(IPAddress.Loopback);

    public async Task CallAsync()
    {
        await UntilAsync(() => HasAddress(Holder) && Holder.Node.Context.Shards.Current.Count == SessionId.ShardCount, "one node has the address and all shards");
        _nat = new NatBox(_ => Holder);
        NodeOptions options = Cluster.Options("moon", NodeCluster.FreePort(), []) with { RemoteNatPort = _nat.NatPort, Retransmit = Patient };
        Peer = await ConcentratorNode.StartAsync(
            options, Callers(Enumerable.Range(0, Tunnels).Select(call => ($"sun-{call}", _nat.Port))), NullLoggerFactory.Instance, PeerKernel, PeerEvents, TestContext.Current.CancellationToken);
        for (int i = 0; i < Tunnels; i++) await PeerEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, $"child {i} installed");
        await UntilAsync(() => EstablishedAt(Holder) == Tunnels, "all are established");
    }

    public static int EstablishedAt(ClusterNode node) => node.Node.IkeSas.Count(ikeSa => ikeSa.State == IkeSaState.Established);

    /// <summary>The inbound SPIs of the gateway, of all tunnels.</summary>
    public IReadOnlySet<uint> Spis => Cluster.Living.SelectMany(node => node.Node.IkeSas).SelectMany(ikeSa => ikeSa.Children).Select(child => child.InboundSpi).ToHashSet();

    /// <summary>The same, as the peer knows them; also of those that sleep.</summary>
    public IReadOnlySet<uint> SpisOfPeer => Peer.IkeSas.SelectMany(ikeSa => ikeSa.Children).Where(child => child.State == ChildSaState.Installed).Select(child => child.OutboundSpi).ToHashSet();

    /// <summary>What a kernel can receive now.</summary>
    public static bool Has(MemoryXfrmBackend kernel, IReadOnlySet<uint> spis) => spis.IsSubsetOf(kernel.DumpSas().Select(sa => sa.Id.Spi).ToHashSet());

    /// <summary>The same where one of them may just be replaced.</summary>
    public static bool HasMostOf(MemoryXfrmBackend kernel, IReadOnlySet<uint> spis) => kernel.DumpSas().Select(sa => sa.Id.Spi).Count(spis.Contains) >= Tunnels;

    /// <summary>Every IKE SA is alive on this node: rekeying them takes an answer each.</summary>
    public async Task RekeyAllAsync(ClusterNode node)
    {
        await UntilAsync(() => EstablishedAt(node) == Tunnels, $"all are at {node.Name}");
        int before = Rekeyed();
        foreach (IkeSaSnapshot ikeSa in Peer.IkeSas.Where(ikeSa => ikeSa.State == IkeSaState.Established)) Peer.Rekey(ikeSa.Session);
        await UntilAsync(() => Rekeyed() - before >= Tunnels, "all are rekeyed");
        int Rekeyed() => PeerEvents.Seen.Count(happened => happened is IkeSaHappened { Event: IkeSaRekeyed });
    }

    public void AssertNobodyAuthenticatedAnew()
    {
        Assert.Equal(Tunnels, PeerEvents.Seen.Count(happened =>
            happened is IkeSaHappened { Event: MessageSent { Repeated: false, Summary: var summary } } && summary.StartsWith("IKE_AUTH request", StringComparison.Ordinal)));
        Assert.Equal(Tunnels, Peer.IkeSas.Count(ikeSa => ikeSa.State == IkeSaState.Established));
    }

    public Task UntilAsync(Func<bool> isSo, string what) => Wait.UntilAsync(
        isSo, () => $"{what}\n{string.Join('\n', Cluster.Nodes.Select(node => $"{node.Name}: {node.Node.IkeSas.Count} IKE SAs\n  {string.Join("\n  ", node.Log.Lines.TakeLast(60))}"))}");

    public async ValueTask DisposeAsync()
    {
        if (Peer is not null) await Peer.DisposeAsync();
        _nat?.Dispose();
        await Cluster.DisposeAsync();
    }
}
