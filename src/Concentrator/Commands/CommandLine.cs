using System.CommandLine;

namespace Concentrator.Commands;

/// <summary>All commands of the program.</summary>
internal static class CommandLine
{
    public static RootCommand Create() => new("Concentrator: an IKEv2/IPsec VPN gateway.")
    {
        ServeCommand.Create(),
        CheckCommand.Create(),
        StatusCommand.Create(),
        SasCommand.Create(),
        SaCommands.Initiate(),
        SaCommands.Terminate(),
        SaCommands.Rekey(),
        SaCommands.Redirect(),
        DrainCommand.Create(),
        LogLevelCommand.Create(),
        ReloadCommand.Create(),
        TraceCommand.Create(),
        ClusterCommand.Create(),
        DemoCommand.Create(),
        CompletionCommand.Create(),
        ReferenceCommand.Create(),
    };
}
