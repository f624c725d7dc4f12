using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Concentrator.Actors.Node;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Kernel;
using Concentrator.Ladders;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Demo;

/// <summary>
/// Two gateways that stay up while rows are played on them, to be looked at in the dashboard of one: moon, whose kernel is the one that refuses. Each row has a
/// connection of its own. Kernels in memory, true UDP on loopback; the traffic in the counters is pretended.
/// </summary>
internal sealed class LiveStage : IAsyncDisposable
{
    public const int Branches = 60;

    private const string Proposal = "aes128gcm16-prfsha256-x25519";
    private const string CbcProposal = "aes256-sha256-modp2048";

    private readonly Secret _key = new(RandomNumberGenerator.GetBytes(32));
    private readonly Secret _wrongKey = new(RandomNumberGenerator.GetBytes(32));
    private readonly MemoryXfrmBackend _moonKernel = new();
    private readonly MemoryXfrmBackend _sunKernel = new(firstSpi: 0xc8000000);
    private readonly Transcript _moonsWords = new();
    private readonly int _moonPort = StageConfig.FreePort();
    private readonly int _sunPort = StageConfig.FreePort();
    private ConcentratorNode? _sun;
    private int _branches;

    public ConcentratorNode Moon { get; private set; } = null!;

    /// <summary>What can be played, and what it is.</summary>
    public static IReadOnlyList<(string Name, string What)> Plays { get; } =
    [
        ("S1", "four messages, both kernels accept"),
        ("S2", "moon calls, and its own kernel refuses after message 4"),
        ("S3", "moon answers, and its kernel refuses while message 3 is processed"),
        ("S4", "the wrong pre-shared key"),
        ("branch", "another branch office calls, and some traffic passes"),
    ];

    /// <param name="observer">Misses nothing of moon.</param>
    /// <param name="cancel">Gives up starting.</param>
    public static async Task<LiveStage> OpenAsync(IObserver<NodeEvent> observer, CancellationToken cancel)
    {
        LiveStage stage = new();
        try
        {
            stage._sun = await ConcentratorNode.StartAsync(Options(stage._sunPort), stage.SunsConfig(), NullLoggerFactory.Instance, stage._sunKernel, observer: null, cancel).ConfigureAwait(false);
            stage.Moon = await ConcentratorNode.StartAsync(
                Options(stage._moonPort) with { RemoteNatPort = (ushort)stage._sun.Endpoints[1].Port }, stage.MoonsConfig(), NullLoggerFactory.Instance, stage._moonKernel,
                new Telemetry.NodeObservers(observer, new TranscriptObserver(stage._moonsWords)), cancel).ConfigureAwait(false);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Plays one of <see cref="Plays"/>, and returns when it is over.</summary>
    /// <exception cref="TimeoutException">It did not come to the end that it must.</exception>
    public Task PlayAsync(string name) => name.ToUpperInvariant() switch
    {
        "S1" => PlayAsync(() => Moon.Initiate("s1", "net"), "INSTALLING => INSTALLED"),
        "S2" => RefuseAsync(2, () => Moon.Initiate("s2", "net"), "INFORMATIONAL response 2 [ D ]"),
        "S3" => RefuseAsync(3, () => _sun!.Initiate("s3", "net"), "N(NO_PROP) ]"),
        "S4" => PlayAsync(() => Moon.Initiate("s4", "net"), "IKE_SA CONNECTING => DESTROYING"),
        _ => PlayBranchAsync(),
    };

    public async ValueTask DisposeAsync()
    {
        if (Moon is not null) await Moon.DisposeAsync().ConfigureAwait(false);
        if (_sun is not null) await _sun.DisposeAsync().ConfigureAwait(false);
        _moonKernel.Dispose();
        _sunKernel.Dispose();
        _key.Dispose();
        _wrongKey.Dispose();
    }

    /// <summary>Of this row moon's kernel takes no inbound SA, however often it is tried again; of all others everything.</summary>
    private Task RefuseAsync(uint reqId, Action begin, string end)
    {
        _moonKernel.Refuse(request => request is AddSa { Sa.Direction: XfrmDirection.In } add && add.Sa.ReqId == reqId, Errno.EPROTONOSUPPORT, "Requested type not found", int.MaxValue);
        return PlayAsync(begin, end);
    }

    private async Task PlayAsync(Action begin, string end)
    {
        int before = Count(_moonsWords, end);
        begin();
        await _moonsWords.UntilAsync(words => Count(words, end) > before, end).ConfigureAwait(false);
    }

    /// <summary>With more octets than the one before, so that there is something to see.</summary>
    private async Task PlayBranchAsync()
    {
        int branch = Interlocked.Increment(ref _branches);
        if (branch > Branches) return;
        await PlayAsync(() => Moon.Initiate(BranchName(branch), "net"), "INSTALLING => INSTALLED").ConfigureAwait(false);
        foreach (SaInfo sa in _moonKernel.DumpSas().Where(sa => sa.Bytes == 0)) _moonKernel.Carry(sa.Id, (ulong)(branch * 7_654_321) + sa.Id.Spi % 99_991, (ulong)(branch * 9_811));
    }

    private static int Count(Transcript words, string end) => words.Steps.Count(step => step switch
    {
        MessageStep message => message.Summary.EndsWith(end, StringComparison.Ordinal),
        StateStep state => state.Text.EndsWith(end, StringComparison.Ordinal),
        _ => false,
    });

    private static NodeOptions Options(int port) => new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Port = (ushort)port,
        NatPort = 0,
        Kernel = KernelKind.Memory,
        CloseGrace = TimeSpan.FromSeconds(1),
    };

    private GatewayConfig MoonsConfig() => new(
        [
            Calls("s1", Proposal, 1, _sunPort), Calls("s2", Proposal, 2, _sunPort), Answers("s3", Proposal, 3), Calls("s4", CbcProposal, 4, _sunPort),
            .. Enumerable.Range(1, Branches).Select(branch => Calls(BranchName(branch), Proposal, 10 + branch, _sunPort)),
        ],
        [new SharedKeyConfig("ike-demo", [], _key), new SharedKeyConfig("ike-wrong", [IdentityPattern.Parse("moon-s4.example.org"), IdentityPattern.Parse("s4.example.org")], _wrongKey)]);

    private GatewayConfig SunsConfig() => new(
        [
            Mirror(Answers("s1", Proposal, 1)), Mirror(Answers("s2", Proposal, 2)), Mirror(Calls("s3", Proposal, 3, _moonPort)), Mirror(Answers("s4", CbcProposal, 4)),
            .. Enumerable.Range(1, Branches).Select(branch => Mirror(Answers(BranchName(branch), Proposal, 10 + branch))),
        ],
        [new SharedKeyConfig("ike-demo", [], _key)]);

    private static string BranchName(int branch) => string.Create(CultureInfo.InvariantCulture, $"branch-{branch:00}");

    private static ConnectionConfig Calls(string name, string proposal, int number, int port) => Answers(name, proposal, number) with
    {
        RemoteAddresses = [new AddressRange(IPAddress.Loopback, IPAddress.Loopback)],
        RemotePort = (ushort)port,
    };

    private static ConnectionConfig Answers(string name, string proposal, int number)
    {
        ConnectionConfig connection = StageConfig.Connection(
            name, proposal, $"moon-{name}.example.org", $"{name}.example.org", string.Create(CultureInfo.InvariantCulture, $"10.{number}"), string.Create(CultureInfo.InvariantCulture, $"10.{100 + number}"));
        return connection with { Children = [.. connection.Children.Select(child => child.Name == "net" ? child with { ReqId = (uint)number } : child)] };
    }

    /// <summary>The other end of it.</summary>
    private static ConnectionConfig Mirror(ConnectionConfig connection) => connection with
    {
        Local = connection.Remote,
        Remote = connection.Local,
        Children = [.. connection.Children.Select(child => child with { LocalSelectors = child.RemoteSelectors, RemoteSelectors = child.LocalSelectors })],
    };

    private sealed class TranscriptObserver(Transcript transcript) : IObserver<NodeEvent>
    {
        public void OnNext(NodeEvent value)
        {
            foreach (LadderStep step in LadderSteps.Of(Side.Left, value)) transcript.Add(step);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
