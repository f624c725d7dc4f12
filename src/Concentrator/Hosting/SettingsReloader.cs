using System.Reflection;
using Concentrator.Logs;
using Microsoft.Extensions.Logging;

namespace Concentrator.Hosting;

/// <summary>
/// Reads a node's settings anew while it runs. How much is logged holds at once; whatever else has changed holds from the next start on, and the log says so. A mistake
/// changes nothing.
/// </summary>
/// <param name="read">Reads them, and adds what is wrong; null where there is nothing to be had.</param>
/// <param name="started">With what the node was started.</param>
/// <param name="levels">How much is logged.</param>
/// <param name="log">Hears of it.</param>
internal sealed class SettingsReloader(Func<List<string>, NodeSettings?> read, NodeSettings started, LogLevels levels, ILogger log)
{
    private static readonly Action<ILogger, Exception?> Loaded = LoggerMessage.Define(LogLevel.Information, new EventId(807), "settings read again");

    private static readonly Action<ILogger, string, Exception?> Later =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(808), "the setting {Name} has changed: it holds from the next start on");

    private static readonly PropertyInfo[] Settings = [.. typeof(NodeSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite)];

    /// <summary>What is wrong; nothing: they are in force, as far as they can be.</summary>
    public IReadOnlyList<string> Reload()
    {
        List<string> faults = [];
        NodeSettings? settings = read(faults);
        LogLevels tried = new();
        if (settings is not null) _ = (settings.ToOptions(faults), settings.ToLogSettings(tried, faults));
        if (settings is null || faults.Count > 0) return faults;
        levels.Take(tried);
        foreach (PropertyInfo setting in Settings.Where(s => s.Name != nameof(NodeSettings.Log) && !AreSame(s.GetValue(started), s.GetValue(settings)))) Later(log, setting.Name, null);
        Loaded(log, null);
        return faults;
    }

    private static bool AreSame(object? one, object? other) => one is string[] some && other is string[] others ? some.SequenceEqual(others) : Equals(one, other);
}
