using System.CommandLine;
using Concentrator.Control;
using Concentrator.Vici;

namespace Concentrator.Commands;

/// <summary>What all commands share that speak to a running gateway: its socket, JSON for scripts, one line for what goes wrong, exit codes.</summary>
internal static class ControlCommand
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Option<string> Socket { get; } = new("--vici") { Description = "The gateway's control socket.", HelpName = "PATH", DefaultValueFactory = _ => ViciCaller.DefaultPath };

    public static Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON, one document a line." };

    /// <param name="name">The word on the command line.</param>
    /// <param name="description">For the help.</param>
    /// <param name="run">Speaks to the gateway.</param>
    /// <param name="symbols">Options and arguments beside the common ones.</param>
    public static Command Create(string name, string description, Action<ParseResult, ViciCaller, TextWriter> run, params Symbol[] symbols)
    {
        Command command = new(name, description) { Socket, Json };
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Option option) command.Options.Add(option);
            else if (symbol is Argument argument) command.Arguments.Add(argument);
        }

        command.SetAction(parsed => Run(parsed, run));
        return command;
    }

    private static int Run(ParseResult parsed, Action<ParseResult, ViciCaller, TextWriter> run)
    {
        try
        {
            using ViciCaller gateway = ViciCaller.Connect(parsed.GetValue(Socket)!);
            run(parsed, gateway, parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        }
        catch (ControlException refused)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"error: {refused.Message}");
            return refused.Code;
        }
    }

    /// <summary>The answer as it is, or a line for people.</summary>
    public static void Tell(ParseResult parsed, TextWriter output, ViciSection answer, string line) =>
        output.WriteLine(parsed.GetValue(Json) ? ViciJson.Text(ViciJson.Of(answer)) : line);

    /// <summary>The names that the gateway knows, for a shell that completes; none where there is no gateway.</summary>
    public static IEnumerable<string> Connections(string? path)
    {
        try
        {
            using ViciCaller gateway = ViciCaller.Connect(path ?? ViciCaller.DefaultPath);
            return [.. gateway.Ask("get-conns", null, TimeSpan.FromSeconds(1)).Lists.GetValueOrDefault("conns", []).Select(System.Text.Encoding.UTF8.GetString)];
        }
        catch (ControlException)
        {
            return [];
        }
    }
}
