using System.Net;
using System.Security.Cryptography;
using Concentrator.Actors.Node;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Concentrator.Ladders;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Demo;

/// <summary>
/// Two gateways in this process, moon (left, the initiator) and sun (right), each with a kernel in memory and true UDP sockets on loopback.
/// Disposing stops both in order.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly StageSetup _setup;
    private readonly Secret _moonsKey;
    private readonly Secret _sunsKey;
    private readonly List<IDisposable> _secrets = [];

    private Stage(StageSetup setup)
    {
        _setup = setup;
        byte[] key = RandomNumberGenerator.GetBytes(32);
        _sunsKey = new Secret(key);
        if (setup.WrongKey) RandomNumberGenerator.Fill(key);
        _moonsKey = new Secret(key);
        _secrets.AddRange([_moonsKey, _sunsKey]);
    }

    public Transcript Transcript { get; } = new();

    public MemoryXfrmBackend MoonKernel { get; } = new();

    public MemoryXfrmBackend SunKernel { get; } = new();

    public ConcentratorNode Moon { get; private set; } = null!;

    public ConcentratorNode? Sun { get; private set; }

    /// <summary>Where sun listens, or will.</summary>
    public IPEndPoint SunAddress { get; private set; } = null!;

    /// <summary>Starts sun, unless it is to come late, and moon; nobody has called anybody yet.</summary>
    public static async Task<Stage> OpenAsync(StageSetup setup)
    {
        var stage = new Stage(setup);
        try
        {
            if (setup.SunComesLate) stage.SunAddress = new IPEndPoint(IPAddress.Loopback, StageConfig.FreePort());
            else await stage.StartSunAsync().ConfigureAwait(false);
            stage.Moon = await ConcentratorNode.StartAsync(
                stage.Options() with { RemoteNatPort = (ushort)(stage.Sun?.Endpoints[1].Port ?? 4500) },
                stage.MoonsConfig(), NullLoggerFactory.Instance, stage.MoonKernel, new Observer(stage.Transcript, Side.Left)).ConfigureAwait(false);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task StartSunAsync()
    {
        NodeOptions options = Options();
        if (SunAddress is not null) options = options with { Port = (ushort)SunAddress.Port };
        Sun = await ConcentratorNode.StartAsync(options, SunsConfig(), NullLoggerFactory.Instance, SunKernel, new Observer(Transcript, Side.Right))
            .ConfigureAwait(false);
        SunAddress = Sun.Endpoints[0];
    }

    /// <summary>Moon calls sun and wants the child <c>net</c>.</summary>
    public void Call() => Moon.Initiate("sun", "net");

    public async ValueTask DisposeAsync()
    {
        if (Moon is not null) await Moon.DisposeAsync().ConfigureAwait(false);
        if (Sun is not null) await Sun.DisposeAsync().ConfigureAwait(false);
        foreach (IDisposable secret in _secrets) secret.Dispose();
    }

    private NodeOptions Options() => new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Port = 0,
        NatPort = 0,
        Kernel = KernelKind.Memory,
        Retransmit = new RetransmitPolicy(TimeSpan.FromMilliseconds(_setup.SunComesLate ? 400 : 4000), 1.5, 8),
        CloseGrace = TimeSpan.FromSeconds(1),
    };

    private GatewayConfig MoonsConfig() => new(
        [StageConfig.Connection("sun", _setup.Proposal, "moon.example.org", "sun.example.org", "10.1", "10.2") with
        {
            RemoteAddresses = [new AddressRange(IPAddress.Loopback, IPAddress.Loopback)],
            RemotePort = (ushort)SunAddress.Port,
        }],
        [new SharedKeyConfig("ike-demo", [], _moonsKey)]);

    private GatewayConfig SunsConfig() => new(
        [StageConfig.Connection("moon", _setup.Proposal, "sun.example.org", "moon.example.org", "10.2", "10.1")], [new SharedKeyConfig("ike-demo", [], _sunsKey)]);

    private sealed class Observer(Transcript transcript, Side side) : IObserver<NodeEvent>
    {
        public void OnNext(NodeEvent value) => transcript.Add(side, value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}

/// <summary>What is special about a row's stage.</summary>
internal sealed record StageSetup(string Proposal = "aes128gcm16-prfsha256-x25519", bool WrongKey = false, bool SunComesLate = false);
