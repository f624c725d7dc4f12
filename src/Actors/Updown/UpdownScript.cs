using System.ComponentModel;
using System.Diagnostics;
using Concentrator.Actors.Node;

namespace Concentrator.Actors.Updown;

/// <summary>
/// One run of a script: no shell between, an environment of its own, and an end: past its time it is killed with all that it started. What it prints goes to the
/// log, as far as that is bearable.
/// </summary>
internal static class UpdownScript
{
    private const int MostLines = 100;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <param name="command">Program and arguments; words between blanks.</param>
    /// <param name="environment">All that it has.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="print">Gets the lines of its output.</param>
    /// <param name="stop">Kills it at once.</param>
    /// <returns>What went wrong; null: it ended with 0.</returns>
    public static async Task<string?> RunAsync(
        string command, IReadOnlyDictionary<string, string> environment, TimeSpan limit, Action<string> print, CancellationToken stop)
    {
        string[] words = command.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment.Clear();
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            int lines = 0;
            Task output = Task.WhenAll(PrintAsync(process.StandardOutput), PrintAsync(process.StandardError));
            ends.CancelAfter(limit);
            string? fault = await WaitAsync(process, limit, ends.Token).ConfigureAwait(false);
            // What it left behind may hold its output open.
            await output.WaitAsync(LastWords, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return fault;

            async Task PrintAsync(StreamReader reader)
            {
                while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
                {
                    if (Interlocked.Increment(ref lines) <= MostLines) print(Printable.Text(line));
                }
            }
        }
        catch (Exception refused) when (refused is Win32Exception or IOException or InvalidOperationException)
        {
            return refused.Message;
        }
    }

    private static async Task<string?> WaitAsync(Process process, TimeSpan limit, CancellationToken ends)
    {
        try
        {
            await process.WaitForExitAsync(ends).ConfigureAwait(false);
            return process.ExitCode == 0 ? null : $"exit code {process.ExitCode}";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            return $"killed: it took longer than {limit.TotalSeconds:0.###} s, or the gateway stops";
        }
    }
}
