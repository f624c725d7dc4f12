using System.Net;
using Concentrator.Actors.Node;
using Concentrator.Http;
using Concentrator.Ladders;
using Concentrator.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Demo;

/// <summary>
/// The rows with a dashboard to look at them: says where it is, and plays what it reads, line by line, until there is no more. For each line it says
/// <c>played S1</c>, or what was waited for in vain.
/// </summary>
internal static class LiveDemo
{
    /// <summary>True when every row came to its end.</summary>
    /// <exception cref="HttpException">The dashboard cannot be where it was asked for.</exception>
    public static async Task<bool> RunAsync(IPEndPoint endpoint, TextReader input, TextWriter output, CancellationToken stop)
    {
        string folder = Directory.CreateTempSubdirectory("concentrator-demo-").FullName;
        try
        {
            string tokenFile = Path.Combine(folder, "http.token");
            HttpOptions options = new(endpoint) { Token = HttpToken.Load(tokenFile) };
            LadderRecorder ladders = new(LadderRecorder.DefaultLadders, LadderRecorder.DefaultSteps);
            RateHistory rates = new(TimeProvider.System);
            RefusalFeed refusals = new();
            LiveStage stage = await LiveStage.OpenAsync(new NodeObservers(ladders, rates, refusals), stop).ConfigureAwait(false);
            await using (stage.ConfigureAwait(false))
            {
                ladders.Attach(stage.Moon);
                HttpEndpoint http = await HttpEndpoint.StartAsync(options, new GatewayView(stage.Moon, ladders, rates, refusals), NullLoggerFactory.Instance, stop).ConfigureAwait(false);
                await using (http.ConfigureAwait(false))
                {
                    await output.WriteLineAsync($"dashboard: {http.Address}").ConfigureAwait(false);
                    await output.WriteLineAsync($"token: {tokenFile}").ConfigureAwait(false);
                    foreach ((string name, string what) in LiveStage.Plays) await output.WriteLineAsync($"  {name,-8}{what}").ConfigureAwait(false);
                    await output.WriteLineAsync("Type what to play; the end of the input, or quit, ends it.").ConfigureAwait(false);
                    return await PlayAsync(stage, input, output, stop).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> PlayAsync(LiveStage stage, TextReader input, TextWriter output, CancellationToken stop)
    {
        bool all = true;
        while (await input.ReadLineAsync(stop).ConfigureAwait(false) is { } line && line.Trim() != "quit")
        {
            if (LiveStage.Plays.FirstOrDefault(play => play.Name.Equals(line.Trim(), StringComparison.OrdinalIgnoreCase)).Name is not { } name)
            {
                await output.WriteLineAsync($"'{Printable.Text(line.Trim())}' is none of {string.Join(", ", LiveStage.Plays.Select(play => play.Name))}").ConfigureAwait(false);
                continue;
            }

            try
            {
                await stage.PlayAsync(name).ConfigureAwait(false);
                await output.WriteLineAsync($"played {name}").ConfigureAwait(false);
            }
            catch (TimeoutException missed)
            {
                all = false;
                await output.WriteLineAsync($"failed {name}: {missed.Message}").ConfigureAwait(false);
            }
        }

        return all;
    }
}
