using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Concentrator.Ike.Proposals;
using Microsoft.Extensions.Logging;

namespace Concentrator.Logs;

/// <summary>How much each subsystem tells: <c>1,knl=2,ike=-1</c>. May be changed while the program runs, from any thread; the next entry obeys.</summary>
internal sealed class LogLevels
{
    public const string AuditTag = "AUD";

    private const int Standard = 1;

    /// <summary>Words for the whole, as other programs have them.</summary>
    private static readonly FrozenDictionary<string, int> Words =
        new Dictionary<string, int> { ["silent"] = LogScale.Silent, ["warning"] = 0, ["info"] = 1, ["debug"] = 2, ["trace"] = 3 }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private ImmutableSortedDictionary<string, int> _levels = ImmutableSortedDictionary.CreateRange(
        StringComparer.OrdinalIgnoreCase, Subsystems.Select(tag => KeyValuePair.Create(tag, Standard)));

    /// <summary>In the order of a message's way; AUD is the audit's, SYS .NET's own.</summary>
    public static IReadOnlyList<string> Subsystems { get; } = ["net", "enc", "ike", "chd", "knl", "cfg", "clu", "aud", "sys"];

    public IReadOnlyDictionary<string, int> Current => _levels;

    public bool Allows(string category, LogLevel severity)
    {
        string tag = LogScale.TagOf(category);
        int level = Volatile.Read(ref _levels).GetValueOrDefault(tag, Standard);
        // What is audited is on level 0, whatever its severity.
        if (tag == AuditTag) return level >= 0;
        // Akka and .NET tell much that is nobody's affair until somebody asks.
        if (category.Length != 3) level--;
        return severity >= LogScale.ThresholdOf(level);
    }

    /// <summary>Changes what the text names and leaves the rest; or, where it cannot be read, says why and changes nothing.</summary>
    public bool TryChange(string text, [NotNullWhen(false)] out string? fault)
    {
        ImmutableSortedDictionary<string, int> levels = Volatile.Read(ref _levels);
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=', 2, StringSplitOptions.TrimEntries);
            string subsystem = sides.Length == 2 ? sides[0].ToLowerInvariant() : "default";
            if (!TryLevel(sides[^1], out int level))
            {
                fault = $"'{sides[^1]}' is no level: -1 (silent) to 4, or warning, info, debug, trace";
                return false;
            }

            if (subsystem == "default")
            {
                foreach (string each in Subsystems) levels = levels.SetItem(each, level);
            }
            else if (levels.ContainsKey(subsystem))
            {
                levels = levels.SetItem(subsystem, level);
            }
            else
            {
                fault = $"there is no subsystem '{subsystem}'{Suggestion(subsystem)}: {string.Join(", ", Subsystems)}";
                return false;
            }
        }

        Volatile.Write(ref _levels, levels);
        fault = null;
        return true;
    }

    /// <summary>As the others are.</summary>
    public void Take(LogLevels others) => Volatile.Write(ref _levels, Volatile.Read(ref others._levels));

    private static bool TryLevel(string text, out int level) =>
        Words.TryGetValue(text, out level)
        || (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out level) && level is >= LogScale.Silent and <= LogScale.Most);

    private static string Suggestion(string subsystem) => NearestWord.Of(subsystem, Subsystems) is { } nearest ? $", did you mean '{nearest}'" : "";
}
