using System.Net;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Actors.Tests.Node;

/// <summary>
/// Two nodes in one process, on loopback and on kernels in memory: moon calls sun. Each end of the test stops both and asserts that nothing is
/// left in either kernel.
/// </summary>
internal sealed class NodePair : IAsyncDisposable
{
    private readonly NodeOptions _options = new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Port = 0,
        NatPort = 0,
        Kernel = KernelKind.Memory,
        Retransmit = new RetransmitPolicy(TimeSpan.FromMilliseconds(300), 1.5, 3),
        ChildRetry = new BackOff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)),
        ConnectionRetry = new BackOff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)),
        HalfOpenTimeout = TimeSpan.FromSeconds(2),
        ChildLinger = TimeSpan.FromMilliseconds(200),
        CloseGrace = TimeSpan.FromMilliseconds(500),
    };

    private IPEndPoint[] _killedAt = [];

    public MemoryXfrmBackend MoonKernel { get; } = new();

    public MemoryXfrmBackend SunKernel { get; private set; } = new(firstSpi: 0xc8000000);

    public EventLog MoonEvents { get; } = new("moon");

    public EventLog SunEvents { get; private set; } = new("sun");

    public ConcentratorNode Moon { get; private set; } = null!;

    public ConcentratorNode Sun { get; private set; } = null!;

    /// <summary>What a test may vary before the nodes start.</summary>
    public string MoonKey { get; init; } = "correct horse";

    public string[] Esp { get; init; } = ["aes128gcm16"];

    public ChildAction StartAction { get; init; } = ChildAction.Start;

    public int KeyingTries { get; init; } = 1;

    public Func<NodeOptions, NodeOptions> SunOptions { get; init; } = options => options;

    /// <summary>Where sun logs to, in all its lives.</summary>
    public ILoggerFactory SunLogging { get; init; } = NullLoggerFactory.Instance;

    public Func<NodeOptions, NodeOptions> MoonOptions { get; init; } = options => options;

    public Func<ConnectionConfig, ConnectionConfig> SunConnection { get; init; } = connection => connection;

    public Func<ConnectionConfig, ConnectionConfig> MoonConnection { get; init; } = connection => connection;

    public Func<GatewayConfig, GatewayConfig> SunGateway { get; init; } = gateway => gateway;

    public Func<GatewayConfig, GatewayConfig> MoonGateway { get; init; } = gateway => gateway;

    public async Task<NodePair> StartAsync()
    {
        Sun = await ConcentratorNode.StartAsync(
            SunOptions(_options), SunGateway(Gateway(SunConnection(SunsConnection()), "correct horse")), SunLogging, SunKernel, SunEvents, Cancel);
        Moon = await StartMoonAsync(MoonKernel, MoonEvents);
        return this;
    }

    /// <summary>Sun forgets everything, and comes back at the same address: its peers are told nothing.</summary>
    public async Task CrashSunAsync()
    {
        IPEndPoint[] endpoints = [.. Sun.Endpoints];
        foreach (IkeSaSnapshot ikeSa in Sun.IkeSas) Sun.Actors.Sessions.Tell(new DeliverInput(ikeSa.Session, new Abandon(EndReason.Replaced)), ActorRefs.NoSender);
        await Sun.StopAsync();
        SunEvents = new EventLog("sun");
        Sun = await ConcentratorNode.StartAsync(
            SunOptions(_options with { Port = (ushort)endpoints[0].Port, NatPort = (ushort)endpoints[1].Port }),
            SunGateway(Gateway(SunConnection(SunsConnection()), "correct horse")), SunLogging, SunKernel, SunEvents, Cancel);
    }

    /// <summary>Sun is killed: nobody hears of it, and its kernel, unless that is lost with it, keeps all it had.</summary>
    public async Task KillSunAsync(bool losesKernel = false)
    {
        _killedAt = [.. Sun.Endpoints];
        await Sun.CrashAsync();
        if (losesKernel) SunKernel = new MemoryXfrmBackend(firstSpi: 0xc8000000);
    }

    /// <summary>Sun comes back where it was killed.</summary>
    public async Task ReviveSunAsync()
    {
        SunEvents = new EventLog("sun");
        Sun = await ConcentratorNode.StartAsync(
            SunOptions(_options with { Port = (ushort)_killedAt[0].Port, NatPort = (ushort)_killedAt[1].Port }),
            SunGateway(Gateway(SunConnection(SunsConnection()), "correct horse")), SunLogging, SunKernel, SunEvents, Cancel);
    }

    /// <summary>Another node with sun's configuration.</summary>
    public Task<ConcentratorNode> StartSecondSunAsync(Func<NodeOptions, NodeOptions> options, MemoryXfrmBackend kernel, EventLog events) => ConcentratorNode.StartAsync(
        options(_options), SunGateway(Gateway(SunConnection(SunsConnection()), "correct horse")), NullLoggerFactory.Instance, kernel, events, Cancel);

    /// <summary>A node that calls sun under moon's name, or another.</summary>
    public Task<ConcentratorNode> StartMoonAsync(MemoryXfrmBackend kernel, EventLog events, string name = "moon.example.org")
    {
        NodeOptions options = MoonOptions(_options) with { RemoteNatPort = (ushort)Sun.Endpoints[1].Port };
        GatewayConfig gateway = MoonGateway(Gateway(MoonConnection(MoonsConnection(name)), MoonKey));
        return ConcentratorNode.StartAsync(options, gateway, NullLoggerFactory.Instance, kernel, events, Cancel);
    }

    /// <summary>Both ends have the child in their kernels.</summary>
    public async Task<NodePair> EstablishAsync()
    {
        await StartAsync();
        await InstalledAsync();
        return this;
    }

    public async Task InstalledAsync()
    {
        await SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "child installed");
        await MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "child installed");
    }

    public async ValueTask DisposeAsync()
    {
        if (Moon is not null) await Moon.DisposeAsync();
        if (Sun is not null) await Sun.DisposeAsync();
        Assert.Empty(MoonKernel.DumpSas());
        Assert.Empty(MoonKernel.DumpPolicies());
        Assert.Empty(SunKernel.DumpSas());
        Assert.Empty(SunKernel.DumpPolicies());
    }

    /// <summary>What one end sent, as the log would say it.</summary>
    public static IReadOnlyList<string> SentBy(EventLog events) =>
        [.. events.Seen.OfType<IkeSaHappened>().Select(e => e.Event).OfType<MessageSent>().Select(sent => sent.Summary)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static GatewayConfig Gateway(ConnectionConfig connection, string key) => new([connection], [Samples.SharedKey(key)]);

    private ConnectionConfig MoonsConnection(string name) => ClusterPeers.Connection("sun", name, "sun.example.org") with
    {
        RemoteAddresses = [new AddressRange(IPAddress.Loopback, IPAddress.Loopback)],
        RemotePort = (ushort)Sun.Endpoints[0].Port,
        KeyingTries = KeyingTries,
        Children = [Child("net", "10.1.0.0/24", "10.2.0.0/24", StartAction), Child("second", "10.1.1.0/24", "10.2.1.0/24", ChildAction.None)],
    };

    private ConnectionConfig SunsConnection() => ClusterPeers.Connection("moon", "sun.example.org", "moon.example.org") with
    {
        Children = [Child("net", "10.2.0.0/24", "10.1.0.0/24", ChildAction.None), Child("second", "10.2.1.0/24", "10.1.1.0/24", ChildAction.None)],
    };

    private ChildConfig Child(string name, string local, string remote, ChildAction start) => Samples.Child(name, Esp) with
    {
        LocalSelectors = [Samples.Net(local)],
        RemoteSelectors = [Samples.Net(remote)],
        StartAction = start,
    };
}
