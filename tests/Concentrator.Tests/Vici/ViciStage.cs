using System.Text;
using Concentrator.Demo;
using Concentrator.Logs;
using Concentrator.Vici;

namespace Concentrator.Tests.Vici;

/// <summary>Two gateways in this process, the calling one with a control socket in a folder of its own.</summary>
internal sealed class ViciStage : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-vici-").FullName;
    private Stage _stage = null!;
    private ViciServer _server = null!;

    public string Path => System.IO.Path.Combine(_folder, "vici.sock");

    public Stage Gateways => _stage;

    public ViciCounters Counters { get; } = new();

    public ViciEvents Events { get; private set; } = null!;

    /// <summary>What is wrong with settings and configuration when they are read again.</summary>
    public List<string> Faults { get; } = [];

    public LogLevels Levels { get; } = new();

    public ViciProgram Program => new(Levels, () => [.. Faults], () => Task.FromResult<IReadOnlyList<string>>([.. Faults]));

    public static async Task<ViciStage> OpenAsync()
    {
        ViciStage vici = new() { _stage = await Stage.OpenAsync(new StageSetup()) };
        SaDescription sas = new(TimeProvider.System);
        vici._stage.Moon.Events.Subscribe(vici.Counters);
        vici.Events = new ViciEvents(vici._stage.Moon, sas);
        vici._server = ViciServer.Start(vici.Path, new ViciCommands(vici._stage.Moon, sas, vici.Counters, vici.Program, TimeProvider.System), vici.Events);
        return vici;
    }

    /// <summary>A message of keys and values.</summary>
    public static byte[] Message(params (string Key, string Value)[] values)
    {
        List<byte> octets = [];
        foreach ((string key, string value) in values)
        {
            octets.AddRange([(byte)ViciElement.KeyValue, (byte)key.Length, .. Encoding.ASCII.GetBytes(key)]);
            octets.AddRange([(byte)(value.Length >> 8), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)]);
        }

        return [.. octets];
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Assert.False(File.Exists(Path));
        await _stage.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
