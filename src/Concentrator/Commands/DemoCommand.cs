using System.CommandLine;
using Concentrator.Demo;
using Concentrator.Demo.Failover;
using Concentrator.Http;
using Spectre.Console;

namespace Concentrator.Commands;

/// <summary>
/// <c>concentrator demo</c>, on loopback, kernels in memory, no privileges. Act 1: two gateways, and what happens when a kernel refuses. Act 2: a cluster of three nodes, and
/// what its peers see when one is killed. Exit code 0 only if every row ended as it must, and every tunnel was kept.
/// </summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<bool> once = new("--once") { Description = "Play it once and end, even on a terminal." };
        Option<int?> act = new("--act") { Description = "1: a kernel refuses; 2: a node of a cluster is killed. Both unless given.", HelpName = "N" };
        act.AcceptOnlyFromAmong("1", "2");
        Option<string> http = new("--http") { Description = "Show a dashboard there, on loopback, and play what is typed: S1, S2, S3, S4, branch.", HelpName = "ADDR:PORT" };
        Command command = new("demo", "Play what happens when a kernel refuses an IPsec SA, and when a node is killed: no privileges.") { once, act, http, DemoNodeCommand.Create() };
        command.SetAction((parsed, stop) => parsed.GetValue(http) is { } where
            ? RunLiveAsync(where, parsed.InvocationConfiguration, stop)
            : RunAsync(parsed.GetValue(once), parsed.GetValue(act), stop));
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

    private static async Task<int> RunAsync(bool once, int? act, CancellationToken stop)
    {
        IAnsiConsole console = AnsiConsole.Console;
        bool asks = !once && !Console.IsInputRedirected && !Console.IsOutputRedirected;
        if (!asks) console.Profile.Width = Math.Max(console.Profile.Width, 120);
        try
        {
            while (true)
            {
                bool good = act == 2 || await new DemoPlayer(console).PlayAsync(stop).ConfigureAwait(false);
                if (act != 1) good &= await new FailoverPlayer(console).PlayAsync(stop).ConfigureAwait(false);
                if (!asks || !await console.ConfirmAsync("Play it again?", defaultValue: false, stop).ConfigureAwait(false)) return good ? 0 : 1;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 1;
        }
    }
}
