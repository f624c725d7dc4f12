using System.CommandLine;
using Concentrator.Demo;
using Concentrator.Http;
using Spectre.Console;

namespace Concentrator.Commands;

/// <summary>
/// <c>concentrator demo</c>: two gateways on loopback, kernels in memory, no privileges, and what happens when a kernel refuses. Exit code 0 only if every
/// row ended as it must.
/// </summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<bool> once = new("--once") { Description = "Play the rows once and end, even on a terminal." };
        Option<string> http = new("--http") { Description = "Show a dashboard there, on loopback, and play what is typed: S1, S2, S3, S4, branch.", HelpName = "ADDR:PORT" };
        Command command = new("demo", "Play what happens when a kernel refuses an IPsec SA: two gateways, no privileges.") { once, http };
        command.SetAction((parsed, stop) => parsed.GetValue(http) is { } where
            ? RunLiveAsync(where, parsed.InvocationConfiguration, stop)
            : RunAsync(parsed.GetValue(once), stop));
        return command;
    }

    private static async Task<int> RunLiveAsync(string where, InvocationConfiguration invocation, CancellationToken stop)
    {
        try
        {
            return await LiveDemo.RunAsync(HttpOptions.ParseEndpoint(where), Console.In, invocation.Output, stop).ConfigureAwait(false) ? 0 : 1;
        }
        catch (HttpException refused)
        {
            await invocation.Error.WriteLineAsync($"error: {refused.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static async Task<int> RunAsync(bool once, CancellationToken stop)
    {
        IAnsiConsole console = AnsiConsole.Console;
        bool asks = !once && !Console.IsInputRedirected && !Console.IsOutputRedirected;
        if (!asks) console.Profile.Width = Math.Max(console.Profile.Width, 120);
        try
        {
            while (true)
            {
                bool good = await new DemoPlayer(console).PlayAsync(stop).ConfigureAwait(false);
                if (!asks || !await console.ConfirmAsync("Play the rows again?", defaultValue: false, stop).ConfigureAwait(false)) return good ? 0 : 1;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 1;
        }
    }
}
