using System.Globalization;
using System.Net;
using Akka.Actor;
using Concentrator.Actors.Addresses;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Connections;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Transport;
using Concentrator.Actors.Updown;
using Concentrator.Ike.Configuration;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>
/// A gateway node: sockets, actors, kernel. It owns all of them, and stops them in order: nothing new begins, every IKE SA is closed
/// with a Delete, the kernel is swept, the sockets close. Several may live in one process. All members are safe from any thread.
/// </summary>
/// <remarks>Parts: starting here, Stopping, Control (what an operator or an observer may do).</remarks>
public sealed partial class ConcentratorNode : IAsyncDisposable
{
    private static readonly TimeSpan ShardPatience = TimeSpan.FromSeconds(5);

    private readonly NodeContext _node;
    private readonly AkkaHost _akka;
    private readonly IXfrmBackend _backend;
    private readonly bool _ownsBackend;
    private readonly IAddressSource? _addresses;
    private readonly IHostAddresses _hostAddresses;
    private IReadOnlyList<IActorRef> _sockets = [];
    private IActorRef? _serviceAddresses;

    private ConcentratorNode(NodeContext node, AkkaHost akka, IXfrmBackend backend, bool ownsBackend, IAddressSource? addresses, IHostAddresses hostAddresses)
    {
        _node = node;
        _akka = akka;
        _backend = backend;
        _ownsBackend = ownsBackend;
        _addresses = addresses;
        _hostAddresses = hostAddresses;
    }

    /// <summary>Where the node listens: true ports, even where 0 was asked for.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => [.. _node.Transport.Entries.Select(entry => entry.Endpoint)];

    /// <summary>The inside, for tests that break it.</summary>
    internal ActorSystem System => _akka.System;

    internal NodeActors Actors => _node.Actors;

    internal NodeContext Context => _node;

    /// <summary>Starts a node and returns when it listens and its cluster is up.</summary>
    /// <param name="options">Sockets, kernel, bounds.</param>
    /// <param name="gateway">Connections and keys; its secrets stay the caller's.</param>
    /// <param name="logging">Gets one category a subsystem: NET, ENC, IKE, CHD, KNL, CFG, CLU.</param>
    /// <param name="cancel">Gives up starting.</param>
    /// <exception cref="NodeStartException">The kernel or a port cannot be had; the message says what to do.</exception>
    public static Task<ConcentratorNode> StartAsync(
        NodeOptions options, GatewayConfig gateway, ILoggerFactory logging, CancellationToken cancel = default) =>
        StartAsync(options, gateway, logging, backend: null, observer: null, cancel);

    /// <summary>The same on a kernel of the caller's, who disposes it, and with an observer who misses nothing.</summary>
    /// <inheritdoc cref="StartAsync(NodeOptions, GatewayConfig, ILoggerFactory, CancellationToken)"/>
    public static async Task<ConcentratorNode> StartAsync(
        NodeOptions options,
        GatewayConfig gateway,
        ILoggerFactory logging,
        IXfrmBackend? backend,
        IObserver<NodeEvent>? observer,
        CancellationToken cancel = default)
    {
        NodeLog log = new(logging);
        bool ownsBackend = backend is null;
        backend ??= OpenKernel(options, log);
        IAddressSource? addresses = options.Addresses ?? WatchAddresses(log);
        NodeStore? store = null;
        IHostAddresses hostAddresses = backend is MemoryXfrmBackend ? new MemoryHostAddresses() : new HostAddresses();
        try
        {
            using BoundSockets sockets = BoundSockets.Bind(options, backend);
            store = await NodeStoreFactory.OpenAsync(options.Store, IdentityOf(options, sockets), options.Cluster is { IsAlone: false, IsLoopback: true }, log, cancel).ConfigureAwait(false);
            NodeContext node = NodeContextFactory.Create(options, gateway, log, sockets, backend is IEspInUdp, addresses, store);
            if (observer is not null) node.Events.Subscribe(observer);
            AkkaHost akka = await AkkaHost.StartAsync(node, logging, cancel).ConfigureAwait(false);
            ConcentratorNode started = new(node, akka, backend, ownsBackend, addresses, hostAddresses);
            started.RaiseActors(sockets.Take());
            await started.AwaitShardsAsync(cancel).ConfigureAwait(false);
            started.Begin();
            return started;
        }
        catch
        {
            if (ownsBackend) backend.Dispose();
            if (options.Addresses is null) addresses?.Dispose();
            if (store is not null) await store.DisposeAsync().ConfigureAwait(false);
            hostAddresses.Dispose();
            throw;
        }
    }

    /// <summary>How the other nodes at the same store know this one.</summary>
    private static NodeIdentity IdentityOf(NodeOptions options, BoundSockets sockets) => new(
        options.Cluster.Name,
        options.Cluster.Port != 0
            ? options.Cluster.Address
            : string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} {string.Join(' ', options.ListenAddresses)} {sockets.Port}"));

    private static IXfrmBackend OpenKernel(NodeOptions options, NodeLog log)
    {
        try
        {
            KernelSelection selection = KernelSelection.Open(options.Kernel, SealOf(options));
            log.Knl.KernelChosen(selection.Why);
            return selection.Backend;
        }
        catch (XfrmException refused)
        {
            throw new NodeStartException(refused.Message, refused);
        }
    }

    /// <summary>Null where there is no rtnetlink: the node works, but for a MOBIKE that moves by itself.</summary>
    private static AddressWatcher? WatchAddresses(NodeLog log)
    {
        try
        {
            return AddressWatcher.Start();
        }
        catch (XfrmException refused)
        {
            log.Net.AddressesNotWatched(refused.Message);
            return null;
        }
    }

    /// <summary>
    /// Two nodes cannot listen on the same address and port, and one that starts again does: so this tells its own SAs from those of others. On ports
    /// that are given anew each time nothing is left from before.
    /// </summary>
    private static Seal SealOf(NodeOptions options) => options.Port == 0 || options.NatPort == 0
        ? Seal.Random()
        : Seal.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(' ', options.ListenAddresses.Select(address => address.ToString()).Order(StringComparer.Ordinal))} {options.Port} {options.NatPort}"));

    private void RaiseActors(IReadOnlyList<(UdpSocket Socket, bool IsNatPort)> sockets)
    {
        ActorSystem system = _akka.System;
        IActorRef kernel = system.ActorOf(KernelActor.Props(_node, _backend, _hostAddresses).WithDispatcher(ClusterSettings.KernelDispatcher), "kernel");
        IActorRef connections = system.ActorOf(ConnectionsActor.Props(_node), "connections");
        IActorRef router = system.ActorOf(RouterActor.Props(_node), "router");
        IActorRef pools = system.ActorOf(PoolsActor.Props(_node, LeasesOf(_node)), "pools");
        _node.Actors = new NodeActors(kernel, connections, router, _akka.Sessions)
        {
            Pools = pools,
            Neighbours = new Neighbours(system),
            HandOver = system.ActorOf(HandOverActor.Props(_node, () => _node.Drain != DrainState.Serving), "hand-over"),
            Updown = system.ActorOf(UpdownActor.Props(_node), "updown"),
            Store = _node.Store is { } store ? system.ActorOf(SessionStoreActor.Props(_node, store), "store") : ActorRefs.Nobody,
            Waker = _node.Store is null ? ActorRefs.Nobody : system.ActorOf(WakeActor.Props(_node), "waker"),
        };
        if (_node.Store is not null) system.ActorOf(FenceActor.Props(_node), "fence");

        List<TransportEntry> entries = [];
        foreach ((UdpSocket socket, bool isNatPort) in sockets)
        {
            entries.Add(new TransportEntry(socket.LocalEndPoint, isNatPort, RaiseSocket(socket, isNatPort)));
        }

        _node.Transport.Fill(entries);
        _sockets = [.. entries.Select(entry => entry.Socket)];
        system.ActorOf(ListingActor.Props(_node), "listing");
        system.ActorOf(StatusActor.Props(_node), "status");
        system.ActorOf(DrainActor.Props(_node, () => _serviceAddresses), "drain");
        system.ActorOf(ShardKeeper.Props(_node), "shards");
    }

    private IActorRef RaiseSocket(UdpSocket socket, bool isNatPort)
    {
        foreach (string warning in socket.Warnings) _node.Log.Net.SocketWarning(new HostPort(socket.LocalEndPoint), warning);
        IEspPort? esp = isNatPort ? (_backend as IEspInUdp)?.Attach(socket) : null;
        return _akka.System.ActorOf(SocketActor.Props(_node, socket, isNatPort, esp));
    }

    private static ILeases LeasesOf(NodeContext node) =>
        node.Store?.Database is ILeaseTable table ? new DatabaseLeases(table, node.Time, Random.Shared) : new MemoryLeases();

    /// <summary>A node that is alone has all shards before it reads or calls: a repeated IKE_SA_INIT then meets the same shard.</summary>
    private async Task AwaitShardsAsync(CancellationToken cancel)
    {
        if (!_akka.IsAlone || _node.Store is { Board.IsAvailable: false }) return;
        try
        {
            await _node.Shards.HasAll.WaitAsync(ShardPatience, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Those that cannot be claimed are tried again, and the log says why.
        }
    }

    private void Begin()
    {
        foreach (IActorRef socket in _sockets) socket.Tell(new StartReading());
        _node.Log.Clu.ClusterReady(_node.Now.TotalSeconds);
        _node.Log.Net.Ready(string.Join(", ", _node.Transport.Entries.Select(entry => new HostPort(entry.Endpoint))));
        if (_addresses is not null) _akka.System.ActorOf(AddressActor.Props(_node, _addresses), "addresses");
        if (!_node.Addresses.IsEmpty) ServeAddresses();
        // Alone, it knows what a former life has up when it has all shards, which takes longer where the store is away.
        (_akka.IsAlone ? _node.Shards.HasAll : Task.CompletedTask).PipeTo(_node.Actors.Connections, success: () => new CallStartConnections());
    }

    private void ServeAddresses()
    {
        Func<IServiceAddresses> host = _node.Options.OpenServiceAddresses ?? (() => new NetlinkServiceAddresses());
        Func<IServiceAddresses> open = () => new ServiceSockets(host(), _node, RaiseSocket, _backend.SocketOptions);
        _akka.System.ActorOf(AddressCoordinatorActor.Props(() => _node.Now).WithDispatcher(ClusterSettings.ClusterDispatcher), AddressCoordinatorActor.Name);
        _serviceAddresses = _akka.System.ActorOf(ServiceAddressActor.Props(_node, open).WithDispatcher(ClusterSettings.KernelDispatcher), "service-addresses");
    }
}
