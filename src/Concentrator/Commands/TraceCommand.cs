using System.CommandLine;
using System.Text.Json;
using Concentrator.Http;
using Concentrator.Http.Api;
using Concentrator.Ladders;
using Spectre.Console;

namespace Concentrator.Commands;

/// <summary>
/// <c>concentrator trace PEER</c>: the ladders of a running gateway's IKE SAs with this peer, as they grow: messages, and the kernel calls between them. Exit
/// code 0 when it is interrupted or all that was asked for was shown; 1 with a line on the error stream when the gateway does not answer, or ends.
/// </summary>
internal static class TraceCommand
{
    public static Command Create()
    {
        Argument<string> peer = new("PEER") { Description = "Part of a connection's name, an identity, an address or an SPI: sun, sun[2], 192.0.2.7, client.example.org." };
        Option<string> http = new("--http") { Description = "Where the gateway's web server is; http://127.0.0.1:9180 unless given.", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:9180" };
        Option<FileInfo> token = new("--http-token-file") { Description = "The gateway's token, where reading takes one.", HelpName = "PATH" };
        Option<FileInfo> ca = new("--http-ca") { Description = "Whom the gateway's certificate must come from, in PEM; the system's authorities unless given.", HelpName = "PATH" };
        Option<bool> once = new("--once") { Description = "Show what is known, and end." };
        Option<bool> json = new("--json") { Description = "One JSON object a step." };
        Command command = new("trace", "Watch the messages and kernel calls of a peer's IKE SAs, live.") { peer, http, token, ca, once, json };
        command.SetAction((parsed, stop) => RunAsync(
            () => new GatewayClient(parsed.GetValue(http)!, parsed.GetValue(token), parsed.GetValue(ca)), parsed.GetValue(peer)!, parsed.GetValue(once), parsed.GetValue(json), parsed.InvocationConfiguration, stop));
        return command;
    }

    private static async Task<int> RunAsync(Func<GatewayClient> open, string peer, bool once, bool json, InvocationConfiguration invocation, CancellationToken stop)
    {
        try
        {
            using GatewayClient gateway = open();
            LadderPrinter printer = new(invocation.Output, json);
            await foreach (LadderModel ladder in gateway.TraceAsync(peer, once, stop).ConfigureAwait(false)) printer.Print(ladder);
            if (once) return 0;
            await invocation.Error.WriteLineAsync("error: the gateway has ended").ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or HttpException or JsonException)
        {
            await invocation.Error.WriteLineAsync($"error: {fault.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>Draws, with a heading whenever it is another IKE SA's turn.</summary>
    private sealed class LadderPrinter(TextWriter output, bool json)
    {
        private readonly IAnsiConsole _console = ConsoleOn(output);
        private int _last;

        public void Print(LadderModel ladder)
        {
            if (json)
            {
                foreach (StepModel step in ladder.Steps) output.WriteLine(JsonSerializer.Serialize(step, ApiJson.Default.StepModel));
                return;
            }

            LadderWriter writer = new(_console);
            if (_last != ladder.Head.Number)
            {
                if (_last != 0) output.WriteLine();
                string peer = ladder.Head.RemoteId ?? ladder.Head.Remote ?? "peer";
                string us = $"{ladder.Head.Name}[{ladder.Head.Number}]";
                writer.Heading(ladder.Head.Us == "left" ? us : peer, ladder.Head.Us == "left" ? peer : us);
                _last = ladder.Head.Number;
            }

            foreach (StepModel step in ladder.Steps) writer.Write(step.ToStep());
        }

        /// <summary>In a pipe nobody says how wide it is: as wide as a ladder needs.</summary>
        private static IAnsiConsole ConsoleOn(TextWriter output)
        {
            IAnsiConsole console = ReferenceEquals(output, Console.Out) ? AnsiConsole.Console : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
            if (Console.IsOutputRedirected) console.Profile.Width = Math.Max(console.Profile.Width, 120);
            return console;
        }
    }
}
