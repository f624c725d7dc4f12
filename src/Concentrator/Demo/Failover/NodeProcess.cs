using System.Diagnostics;
using System.Globalization;

namespace Concentrator.Demo.Failover;

/// <summary>
/// One node of the cluster, a process of its own that runs this program. It ends with whoever owns it: disposed, it is killed, and when the owner itself is killed
/// its input ends.
/// </summary>
internal sealed class NodeProcess : IDisposable
{
    /// <summary>The hidden command that such a process is started with.</summary>
    public const string DemoNode = "node";

    private const int KeptLines = 60;
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = [];

    private NodeProcess(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    public int Id => _process.Id;

    public bool IsDead => _process.HasExited;

    /// <summary>The last it said.</summary>
    public string Log
    {
        get
        {
            lock (_lock) return string.Join('\n', _lines);
        }
    }

    /// <param name="name">For people.</param>
    /// <param name="folder">Where it runs: what is configured elsewhere does not concern it.</param>
    /// <param name="arguments">Those of <c>serve</c>.</param>
    public static NodeProcess Start(string name, string folder, IEnumerable<string> arguments)
    {
        (string program, string[] before) = OwnProgram();
        ProcessStartInfo start = new(program, [.. before, "demo", DemoNode, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string setting in start.Environment.Keys.Where(key => key.StartsWith("CONCENTRATOR", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(setting);
        Process process = new() { StartInfo = start };
        NodeProcess node = new(name, process);
        process.OutputDataReceived += (_, line) => node.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => node.Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return node;
    }

    /// <summary>SIGKILL; returns when the process is no more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        // Its folder is removed next.
        _process.WaitForExit(EndingTime);
        _process.Dispose();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}, process {Id}");

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines) _lines.Dequeue();
        }
    }

    /// <summary>How this program is started once more: under the same runtime, or as the file that it is.</summary>
    private static (string Program, string[] Before) OwnProgram()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "concentrator.dll"), program = Path.Combine(AppContext.BaseDirectory, "concentrator");
        string here = Environment.ProcessPath ?? program;
        if (!File.Exists(library)) return (here, []);
        return Path.GetFileNameWithoutExtension(here) == "dotnet" ? (here, [library]) : (program, []);
    }
}
