using System.CommandLine;
using Concentrator.Vici;

namespace Concentrator.Commands;

/// <summary><c>reload</c>: has a running gateway read its configuration file again. With a mistake in it everything stays as it was, and the mistakes are told.</summary>
internal static class ReloadCommand
{
    public static Command Create() => ControlCommand.Create(
        "reload", "Read the configuration file again.",
        (parsed, gateway, output) =>
        {
            ViciSection answer = gateway.Ask("reload-config", null, ControlCommand.Patience);
            ControlCommand.Tell(parsed, output, answer, "in force");
        });
}
