using Microsoft.Extensions.Logging;

namespace Concentrator.Logs;

/// <summary>
/// strongSwan's scale of how much is told, from -1 to 4, in .NET's words: 0 is what goes wrong and what is audited, 1 what happens, 2 and more the details. Keys
/// are on no level.
/// </summary>
internal static class LogScale
{
    public const int Silent = -1;
    public const int Most = 4;

    /// <summary>The least severity that a subsystem on this level writes.</summary>
    public static LogLevel ThresholdOf(int level) => level switch
    {
        <= Silent => LogLevel.None,
        0 => LogLevel.Warning,
        1 => LogLevel.Information,
        2 => LogLevel.Debug,
        _ => LogLevel.Trace,
    };

    /// <summary>On which level an entry is.</summary>
    public static int LevelOf(LogLevel severity) => severity switch
    {
        >= LogLevel.Warning => 0,
        LogLevel.Information => 1,
        LogLevel.Debug => 2,
        _ => 3,
    };

    /// <summary>Three letters for a category: ours as they are, Akka's is the cluster, .NET's is the system.</summary>
    public static string TagOf(string category) => category switch
    {
        { Length: 3 } => category,
        _ when category.StartsWith("Akka", StringComparison.Ordinal) => "CLU",
        _ => "SYS",
    };
}
