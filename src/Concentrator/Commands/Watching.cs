using System.CommandLine;
using Spectre.Console;

namespace Concentrator.Commands;

/// <summary><c>--watch</c>: the same again and again, until it is interrupted.</summary>
internal static class Watching
{
    public static Option<double?> Option { get; } = new("--watch", "-w") { Description = "Again every so many seconds (2 unless given), until it is interrupted.", HelpName = "S", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => null };

    public static void Run(ParseResult parsed, Action show)
    {
        show();
        if (parsed.GetResult(Option) is not { Implicit: false }) return;
        TimeSpan pause = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(Option) ?? 2, 0.1, 3600));
        using ManualResetEventSlim interrupted = new();
        while (!interrupted.Wait(pause))
        {
            if (!parsed.GetValue(ControlCommand.Json) && !Console.IsOutputRedirected) AnsiConsole.Clear();
            show();
        }
    }
}
