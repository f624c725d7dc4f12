using System.CommandLine;
using Concentrator.Configuration;

namespace Concentrator.Commands;

/// <summary><c>concentrator check</c>: reads a configuration file and says what it means, or what is wrong with it. Exit code 0 or 1.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        Option<FileInfo> config = ConfigOption.Create();
        Command command = new("check", "Check a configuration file and show what it means.") { config };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(FileInfo file, TextWriter output, TextWriter errors)
    {
        if (ConfigOption.Load(file, errors) is not { } gateway) return 1;
        ConfigurationSummary.Write(output, gateway);
        return 0;
    }
}
