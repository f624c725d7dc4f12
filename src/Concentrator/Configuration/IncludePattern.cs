using System.Text;
using System.Text.RegularExpressions;

namespace Concentrator.Configuration;

/// <summary>
/// Wildcards of <c>include</c>, as glob(7) has them: <c>*</c>, <c>?</c> and <c>[a-z]</c> within a name, in folders too. They match no dot at the
/// beginning of a name, so that what an editor leaves behind is not read.
/// </summary>
internal static class IncludePattern
{
    public static bool HasWildcard(string path)
    {
        int open = path.IndexOf('[', StringComparison.Ordinal);
        return path.AsSpan().ContainsAny('*', '?') || (open >= 0 && path.IndexOf(']', open) > open);
    }

    /// <summary>The files that match, in the order of their names; wildcards in <paramref name="folder"/> are none. None is no mistake.</summary>
    /// <exception cref="IOException">A folder cannot be listed.</exception>
    public static IEnumerable<string> Match(string folder, string pattern)
    {
        string[] parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> paths = [Path.IsPathRooted(pattern) ? "/" : folder];
        foreach (string part in parts[..^1]) paths = paths.SelectMany(p => MatchName(p, part, Directory.EnumerateDirectories));
        return paths.SelectMany(p => MatchName(p, parts[^1], Directory.EnumerateFiles));
    }

    private static IEnumerable<string> MatchName(string folder, string name, Func<string, IEnumerable<string>> list)
    {
        if (!HasWildcard(name)) return [Path.Combine(folder, name)];
        if (!Directory.Exists(folder)) return [];
        Regex regex = ToRegex(name);
        return list(folder)
            .Where(path => Path.GetFileName(path) is var file && (file[0] != '.' || name[0] == '.') && regex.IsMatch(file))
            .Order(StringComparer.Ordinal);
    }

    private static Regex ToRegex(string name)
    {
        StringBuilder regex = new("\\A");
        for (int at = 0; at < name.Length; at++)
        {
            int close = name[at] == '[' && at + 2 < name.Length ? name.IndexOf(']', at + 2) : -1;
            if (close > 0)
            {
                regex.Append(ToClass(name[(at + 1)..close]));
                at = close;
            }
            else
            {
                regex.Append(name[at] switch { '*' => ".*", '?' => ".", _ => Regex.Escape(name[at].ToString()) });
            }
        }

        return new Regex(regex.Append("\\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }

    /// <summary>What stands between brackets: characters and ranges, of which a backwards one holds nothing; <c>!</c> in front excludes them.</summary>
    private static string ToClass(string members)
    {
        bool excludes = members.Length > 1 && (members[0] is '!' or '^');
        StringBuilder ranges = new();
        for (int at = excludes ? 1 : 0; at < members.Length; at++)
        {
            bool isRange = at + 2 < members.Length && members[at + 1] == '-';
            (char first, char last) = (members[at], isRange ? members[at + 2] : members[at]);
            if (first <= last) ranges.Append($"\\u{(int)first:x4}-\\u{(int)last:x4}");
            if (isRange) at += 2;
        }

        if (ranges.Length == 0) return excludes ? "." : "[^\\s\\S]";
        return excludes ? $"[^{ranges}]" : $"[{ranges}]";
    }
}
