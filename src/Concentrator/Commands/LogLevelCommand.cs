using System.CommandLine;
using Concentrator.Vici;

namespace Concentrator.Commands;

/// <summary><c>log</c>: says how much each subsystem of a running gateway logs, and changes it.</summary>
internal static class LogLevelCommand
{
    public static Command Create()
    {
        Argument<string?> levels = new("LEVELS") { Description = "What to change, such as 2, or knl=2,ike=-1; until the gateway ends.", Arity = ArgumentArity.ZeroOrOne };
        return ControlCommand.Create(
            "log", "Show, or change, how much each subsystem logs.",
            (parsed, gateway, output) =>
            {
                ViciSection answer = gateway.Ask("log-levels", writer => { if (parsed.GetValue(levels) is { } changes) writer.Put("levels", changes); }, ControlCommand.Patience);
                ViciSection now = answer.Sections["levels"];
                ControlCommand.Tell(parsed, output, now, string.Join(' ', now.Values.Keys.Select(subsystem => $"{subsystem}={now.Text(subsystem)}")));
            },
            levels);
    }
}
