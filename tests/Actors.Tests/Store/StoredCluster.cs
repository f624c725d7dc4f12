using System.Net;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Store;

/// <summary>Several nodes of one gateway at one PostgreSQL, and one peer that calls them; what the peer sends and has decides whether it has noticed anything.</summary>
internal sealed class StoredCluster : IAsyncDisposable
{
    /// <summary>Sessions woken a second by each node: slow enough to be seen.</summary>
    public const int WakeRate = 4;

    /// <summary>Those that the other's datagrams do not reach go on trying for as long as the test takes.</summary>
    private static readonly RetransmitPolicy Patient = new(TimeSpan.FromMilliseconds(500), 1, 400);

    private readonly string _keys = KeyRing.NewLine();
    private readonly string _database;
    private readonly MemoryXfrmBackend _kernel = new();
    private ConcentratorNode? _peer;
    private int _sent;
    private (ulong, ulong)[] _spis = [];

    public StoredCluster(string database)
    {
        _database = database;
        Nodes = new NodeCluster { Gateway = ClusterPeers.Gateway(), Vary = (_, options) => Stored(options) };
    }

    public NodeCluster Nodes { get; }

    /// <summary>What stands between each node and the database.</summary>
    public Func<ISessionStore, ISessionStore>? Between { get; init; }

    public EventLog Peer { get; } = new("moon");

    public int Sas => Nodes.Living.Sum(node => node.Kernel.DumpSas().Count);

    public IEnumerable<SessionEntry> Entries => Nodes.Living.SelectMany(node => node.Node.Context.Sessions.Entries);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>So many nodes, each with its share of the shards.</summary>
    public async Task<StoredCluster> StartAsync(int nodes)
    {
        await Nodes.StartAsync(nodes);
        await Nodes.AwaitShardsAsync();
        return this;
    }

    public NodeOptions Stored(NodeOptions options) => options with
    {
        Store = new StoreOptions { Postgres = _database, KeyText = _keys, Between = Between },
        WakeRate = WakeRate,
        // All nodes are in one process, and a loaded machine is no dead node.
        Cluster = options.Cluster with { HeartbeatPause = TimeSpan.FromSeconds(3) },
        Retransmit = Patient,
    };

    /// <summary>The peer has a tunnel from each of these calls, and their rows are committed.</summary>
    public async Task CallAsync(int calls, params ClusterNode[] called)
    {
        _peer = await ConcentratorNode.StartAsync(
            Nodes.Options("moon", NodeCluster.FreePort(), []) with { Retransmit = Patient }, Callers(called, calls, ChildAction.Start), NullLoggerFactory.Instance, _kernel, Peer, Cancel);
        for (int i = 0; i < calls * called.Length; i++) await Peer.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, $"child {i} installed");
        foreach (ClusterNode node in called) await SettleAsync(() => node.Node.Store!.RowsWritten >= calls, "all are stored");
        _sent = NodePair.SentBy(Peer).Count;
        _spis = Spis(_peer);
    }

    /// <summary>Another peer, which is up and calls when it is told.</summary>
    public Task<ConcentratorNode> AddCallerAsync(ClusterNode called, MemoryXfrmBackend kernel, EventLog events) =>
        ConcentratorNode.StartAsync(Nodes.Options("newcomer", NodeCluster.FreePort(), []), Callers([called], 1, ChildAction.None), NullLoggerFactory.Instance, kernel, events, Cancel);

    /// <summary>As a service address goes from one node to another: who has it reads and sends there.</summary>
    public static void TakeAddress(ClusterNode heir, IPEndPoint address)
    {
        UdpSocket socket = UdpSocket.Bind(address, new UdpSocketOptions());
        IActorRef actor = heir.Node.System.ActorOf(SocketActor.Props(heir.Node.Context, socket, false, null));
        heir.Node.Context.Transport.Fill([.. heir.Node.Context.Transport.Entries, new TransportEntry(address, false, actor)]);
        actor.Tell(new StartReading(), ActorRefs.NoSender);
    }

    /// <summary>Of how many sessions that this node has taken over the peer has answered.</summary>
    public static int Answered(ClusterNode node) => node.Events.Seen.OfType<IkeSaHappened>()
        .Where(happened => happened.Event is Remark { Text: var text } && text.Contains("has answered", StringComparison.Ordinal)).Select(happened => happened.IkeSa).Distinct().Count();

    /// <summary>The peer says something in each of its tunnels.</summary>
    public void SpeakAsPeer()
    {
        foreach (IkeSaSnapshot ikeSa in _peer!.IkeSas) _peer.RekeyChild(ikeSa.Session, Assert.Single(ikeSa.Children).ChildId);
    }

    /// <summary>The peer has the IKE SAs that it had, has begun none, and has authenticated none anew.</summary>
    public void AssertPeerHasNoticedNothing()
    {
        Assert.DoesNotContain(NodePair.SentBy(Peer).Skip(_sent), message => message.StartsWith("IKE_SA_INIT", StringComparison.Ordinal) || message.StartsWith("IKE_AUTH", StringComparison.Ordinal));
        Assert.Equal(_spis, Spis(_peer!));
    }

    /// <summary>Returns when this is so; tells what each node has where it never comes to be.</summary>
    public Task SettleAsync(Func<bool> isSo, string what) => Wait.UntilAsync(isSo, () => $"{what}:\n{string.Join('\n', Nodes.Living.Select(Describe))}");

    private static string Describe(ClusterNode node) =>
        $"{node.Name}: {node.Node.Context.Shards.Current.Count} shards, {node.Node.Context.Sessions.Entries.Count(entry => entry.IsTaken)} of {node.Node.Context.Sessions.Count} sessions awake, "
        + $"{node.Node.Store!.Restored} restored, {node.Kernel.DumpSas().Count} SAs, {node.Members}\n  {string.Join("\n  ", node.Log.Lines.TakeLast(30))}";

    /// <summary>The peer ends first, so that what can still be closed in order is.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_peer is not null) await _peer.DisposeAsync();
        _kernel.Dispose();
        await Nodes.DisposeAsync();
    }

    private static (ulong, ulong)[] Spis(ConcentratorNode node) => [.. node.IkeSas.Select(ikeSa => (ikeSa.LocalSpi, ikeSa.RemoteSpi)).Order()];

    private static GatewayConfig Callers(IEnumerable<ClusterNode> called, int calls, ChildAction startAction) => ClusterPeers.Callers(
        called.SelectMany(node => Enumerable.Range(0, calls).Select(call => ($"{node.Name}-{call}", (ushort)node.Node.Endpoints[0].Port))), startAction);
}
