using System.Net.Sockets;
using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Messages;
using Concentrator.Actors.Placement;
using Concentrator.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>
/// The actor system of one node: a member of its cluster, with the shard region of the IKE SAs. Every node has its own generic
/// host, so that several live in one process; signals and the console are the program's affair.
/// </summary>
internal sealed class AkkaHost : IAsyncDisposable
{
    private const string SystemName = "concentrator";
    private const string RegionName = "ike-sa";

    private readonly IHost _host;
    private readonly ClusterTls? _tls;
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isLeaving;
    private bool _isStarted;

    private AkkaHost(IHost host, ClusterTls? tls) => (_host, _tls) = (host, tls);

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    /// <summary>No other node is a member of the cluster.</summary>
    public bool IsAlone => Cluster.Get(System).State.Members.Count <= 1;

    public IActorRef Sessions => ActorRegistry.For(System).Get<IkeSaActor>();

    /// <summary>Returns when the node is a member of its cluster and its shard region has a coordinator.</summary>
    public static async Task<AkkaHost> StartAsync(NodeContext node, ILoggerFactory logging, CancellationToken cancel)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.AddSingleton(logging);
        ClusterNodeOptions cluster = node.Options.Cluster;
        if (cluster.Fault() is { } fault) throw new NodeStartException(fault);
        ClusterTls? tls = cluster.Tls is null ? null : ClusterTls.Load(cluster, node.Time, node.Log.Clu);
        builder.Services.AddAkka(SystemName, akka => Configure(akka, node, tls, logging));
        AkkaHost host = new(builder.Build(), tls);
        try
        {
            await host.ListenAsync(cluster, cancel).ConfigureAwait(false);
            await host.JoinAsync(node, cancel).ConfigureAwait(false);
            return host;
        }
        catch
        {
            // Leaves what it may have joined: else its cluster would miss it.
            if (host._isStarted) await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Completes when this node is no member any more, without having left.</summary>
    public Task WhenRemoved => _removed.Task;

    /// <summary>For tests: all actors end, the connections to other nodes break, and the cluster has to find out by itself.</summary>
    public Task CrashAsync()
    {
        BeBrief();
        return System.Terminate();
    }

    /// <summary>Leaves the cluster and ends the actor system.</summary>
    public Task StopAsync(CancellationToken cancel)
    {
        _isLeaving = true;
        BeBrief();
        return _host.StopAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        else _host.Dispose();
        _tls?.Dispose();
    }

    /// <summary>The last words of an actor system, when its loggers have ended, go to the console.</summary>
    private void BeBrief() => System.EventStream.SetLogLevel(Akka.Event.LogLevel.WarningLevel);

    private static void Configure(AkkaConfigurationBuilder akka, NodeContext node, ClusterTls? tls, ILoggerFactory logging) => akka
        .ConfigureLoggers(setup =>
        {
            setup.LogLevel = Akka.Event.LogLevel.InfoLevel;
            setup.ClearLoggers();
            setup.AddLogger<AkkaLogger>();
        })
        .AddSetup(new AkkaLogSetup(logging.CreateLogger("Akka"), node.Time))
        .AddHocon(ClusterSettings.Of(node.Options.Cluster), HoconAddMode.Prepend)
        .WithRemoting(Remoting(node.Options.Cluster, tls))
        .WithClustering(new ClusterOptions { SplitBrainResolver = new KeepMajorityOption(), Roles = [NodeNames.RoleOf(node.Options.Cluster.Name)] })
        .WithCustomSerializer("concentrator", ClusterSerializer.BoundTo, system => new ClusterSerializer(system, node))
        .StartActors(async (system, registry) => registry.Register<IkeSaActor>(await StartRegionAsync(system, node).ConfigureAwait(false)));

    private static Task<IActorRef> StartRegionAsync(ActorSystem system, NodeContext node)
    {
        ClusterSharding sharding = ClusterSharding.Get(system);
        ClusterShardingSettings settings = ClusterShardingSettings.Create(system).WithStateStoreMode(StateStoreMode.DData).WithRememberEntities(false).WithPassivateIdleAfter(TimeSpan.Zero);
        return sharding.StartAsync(
            RegionName,
            entityId => AnchorName.ShardOf(entityId) is { } shard ? ShardAnchorActor.Props(node, shard) : IkeSaActor.Props(node, entityId),
            settings,
            new SessionMessageExtractor(node.Sessions),
            node.Addresses.IsEmpty ? sharding.DefaultShardAllocationStrategy(settings) : new AddressShardAllocation(node.Addresses, () => Cluster.Get(system).SelfAddress),
            DrainSession.Instance);
    }

    private static RemoteOptions Remoting(ClusterNodeOptions cluster, ClusterTls? tls)
    {
        RemoteOptions options = new() { HostName = cluster.Host, Port = cluster.Port };
        if (tls is null) return options;
        options.EnableSsl = true;
        options.Ssl = new SslOptions
        {
            X509Certificate = tls.Certificate,
            RequireMutualAuthentication = true,
            SuppressValidation = false,
            ValidateCertificateHostname = false,
            CustomValidator = (certificate, _, peer, _, _) => tls.Validate(certificate, peer),
        };
        return options;
    }

    /// <exception cref="NodeStartException">The address cannot be had.</exception>
    private async Task ListenAsync(ClusterNodeOptions cluster, CancellationToken cancel)
    {
        try
        {
            await _host.StartAsync(cancel).ConfigureAwait(false);
            _isStarted = true;
        }
        catch (Exception fault) when (Causes(fault).OfType<SocketException>().FirstOrDefault() is { } refused)
        {
            throw new NodeStartException(
                $"cannot be a node at {cluster.Address}: {Errno.TextOf(refused.ErrorCode)} ({Errno.NameOf(refused.ErrorCode)}): choose another --cluster-address", fault);
        }
    }

    private static IEnumerable<Exception> Causes(Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
            if (cause is not AggregateException several) continue;
            foreach (Exception inner in several.Flatten().InnerExceptions.SelectMany(Causes)) yield return inner;
        }
    }

    private async Task JoinAsync(NodeContext node, CancellationToken cancel)
    {
        ClusterNodeOptions options = node.Options.Cluster;
        Cluster cluster = Cluster.Get(System);
        node.Log.Clu.NodeAddress(options.Name, $"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}", _tls is null ? ", by itself alone" : " over mutual TLS");
        await new Forming(options, cluster, new ContactPoints(options), node.Time, node.Log.Clu).JoinAsync(cancel).ConfigureAwait(false);
        // Shards that are to be handed over now would tell their peers of an end: the sessions are others' by now.
        CoordinatedShutdown.Get(System).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "keep-rows", () =>
        {
            node.KeepsRows |= !_isLeaving;
            return Task.FromResult(Done.Instance);
        });
        cluster.RegisterOnMemberRemoved(() =>
        {
            if (!_isLeaving) _removed.TrySetResult();
        });
        await NodeNames.EnsureUniqueAsync(cluster, options.Name, node.Time, node.Log.Clu, cancel).ConfigureAwait(false);
        System.ActorOf(Props.Create(() => new MemberActor(node.Log.Clu)), MemberActor.Name);
        // Answered by the coordinator: from now on a message finds its shard without waiting.
        await Sessions.Ask<CurrentRegions>(GetCurrentRegions.Instance, cancel).ConfigureAwait(false);
    }

    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
