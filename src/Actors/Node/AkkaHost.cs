using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Placement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>
/// The actor system of one node: a cluster of one that joins itself, with the shard region of the IKE SAs. Every node has its own generic
/// host, so that several live in one process; signals and the console are the program's affair.
/// </summary>
internal sealed class AkkaHost : IAsyncDisposable
{
    private const string SystemName = "concentrator";
    private const string RegionName = "ike-sa";

    private readonly IHost _host;

    private AkkaHost(IHost host) => _host = host;

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
        builder.Services.AddAkka(SystemName, akka => Configure(akka, node, logging));
        AkkaHost host = new(builder.Build());
        try
        {
            await host._host.StartAsync(cancel).ConfigureAwait(false);
            await host.JoinAsync(cancel).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Leaves the cluster and ends the actor system.</summary>
    public Task StopAsync(CancellationToken cancel) => _host.StopAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        else _host.Dispose();
    }

    private static void Configure(AkkaConfigurationBuilder akka, NodeContext node, ILoggerFactory logging) => akka
        .ConfigureLoggers(setup =>
        {
            setup.LogLevel = Akka.Event.LogLevel.WarningLevel;
            setup.ClearLoggers();
            setup.AddLoggerFactory(logging);
        })
        .AddHocon(ClusterSettings.Hocon, HoconAddMode.Prepend)
        .WithRemoting(IPAddress.Loopback.ToString(), 0)
        .WithClustering(new ClusterOptions { SplitBrainResolver = new KeepMajorityOption() })
        .WithShardRegion<IkeSaActor>(
            RegionName,
            entityId => AnchorName.ShardOf(entityId) is { } shard ? ShardAnchorActor.Props(node, shard) : IkeSaActor.Props(node, entityId),
            new SessionMessageExtractor(node.Sessions),
            new ShardOptions
            {
                StateStoreMode = StateStoreMode.DData,
                RememberEntities = false,
                ShouldPassivateIdleEntities = false,
                HandOffStopMessage = DrainSession.Instance,
            });

    private async Task JoinAsync(CancellationToken cancel)
    {
        Cluster cluster = Cluster.Get(System);
        await cluster.JoinAsync(cluster.SelfAddress, cancel).ConfigureAwait(false);
        // Answered by the coordinator: from now on a message finds its shard without waiting.
        await Sessions.Ask<CurrentRegions>(GetCurrentRegions.Instance, cancel).ConfigureAwait(false);
    }

    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
