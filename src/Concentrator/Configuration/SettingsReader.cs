using System.Globalization;
using Concentrator.Ike.Proposals;

namespace Concentrator.Configuration;

/// <summary>
/// Reads the values of one section against its key table: unknown keys, and known ones that are not supported, become errors as soon as the
/// reader is made; typed reads add theirs. A read that fails returns the default.
/// </summary>
internal sealed class SettingsReader
{
    private readonly SettingsSection _section;
    private readonly List<ConfigurationError> _errors;
    private readonly IEnumerable<KeyRow> _rows;

    public SettingsReader(SettingsSection section, IEnumerable<KeyRow> rows, List<ConfigurationError> errors)
    {
        _section = section;
        _errors = errors;
        _rows = rows;
        foreach ((string key, SettingsValue value) in section.Values) CheckKey(key, value, rows);
        foreach ((string name, SettingsSection child) in section.Sections) CheckSection(name, child, rows);
    }

    public SettingsSection Section => _section;

    /// <summary>The value, or its row's default where there is none or it is empty: that is how swanctl.conf takes a value back.</summary>
    public string Text(string key) => Given(key)?.Text ?? Row(key).Default;

    /// <summary>The parts between commas, trimmed, empty ones left out; nothing but commas is a mistake.</summary>
    public string[] List(string key)
    {
        string text = Text(key);
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 && text.Length > 0) Error(key, "names nothing between its commas");
        return parts;
    }

    public bool Flag(string key) => Read(key, "yes or no", text => text.ToLowerInvariant() switch
    {
        "yes" or "true" or "1" or "on" or "enabled" => true,
        "no" or "false" or "0" or "off" or "disabled" => false,
        _ => throw new FormatException(),
    });

    /// <summary>Decimal, or hexadecimal after 0x.</summary>
    public int Number(string key) => Read(key, $"a number from {Row(key).Lowest} to {Row(key).Highest}", text =>
    {
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool isNumber = isHex
            ? int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int number)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        return isNumber && number >= Row(key).Lowest && number <= Row(key).Highest ? number : throw new FormatException();
    });

    public TimeSpan Time(string key) => Read(key, "a time such as 30s, 5m, 4h or 1d", Units.ParseTime);

    /// <summary>Where the key is missing, what follows from others.</summary>
    public TimeSpan Time(string key, TimeSpan otherwise) => Given(key) is null ? otherwise : Time(key);

    /// <summary>Octets: a number, with k, m or g behind it.</summary>
    public ulong Octets(string key) => Read(key, "an amount such as 500000, 512m or 4g", Units.ParseBytes);

    /// <inheritdoc cref="Time(string, TimeSpan)"/>
    public ulong Octets(string key, ulong otherwise) => Given(key) is null ? otherwise : Octets(key);

    /// <summary>How many of something; as large as it likes.</summary>
    public ulong Count(string key) => Read(key, "a number", text =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : throw new FormatException());

    /// <inheritdoc cref="Time(string, TimeSpan)"/>
    public ulong Count(string key, ulong otherwise) => Given(key) is null ? otherwise : Count(key);

    /// <summary>One of these words.</summary>
    public T Word<T>(string key, IReadOnlyDictionary<string, T> words) => Read(key, "one of " + string.Join(", ", words.Keys), text =>
        words.TryGetValue(text.ToLowerInvariant(), out T? value) ? value : throw new FormatException());

    /// <summary>One of the names of an enum, in lower case.</summary>
    public T Choice<T>(string key)
        where T : struct, Enum => Read(key, "one of " + string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant(), text =>
            Enum.GetNames<T>().Any(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) ? Enum.Parse<T>(text, ignoreCase: true) : throw new FormatException());

    /// <summary>Reads a value, or a part of one, with a parser whose FormatException says what is wrong.</summary>
    public bool TryRead<T>(string key, string text, Func<string, T> parse, out T? result)
    {
        try
        {
            result = parse(text);
            return true;
        }
        catch (FormatException e)
        {
            Error(key, e.Message);
            result = default;
            return false;
        }
    }

    public void Error(string key, string message)
    {
        bool hasPlace = _section.Values.TryGetValue(key, out SettingsValue? value);
        string path = key.Length == 0 ? _section.Path : _section.PathOf(key);
        _errors.Add(new ConfigurationError(hasPlace ? value!.File : _section.File, hasPlace ? value!.Line : _section.Line, path, message));
    }

    /// <summary>All sections in this one, each of which is what <paramref name="what"/> says; values beside them are mistakes.</summary>
    public static IEnumerable<SettingsSection> Named(SettingsSection? section, string what, List<ConfigurationError> errors)
    {
        if (section is null) return [];
        foreach ((string key, SettingsValue value) in section.Values)
            errors.Add(new ConfigurationError(value.File, value.Line, section.PathOf(key), $"{what} is a section in braces"));
        return section.Sections.Values;
    }

    /// <summary>Of a value that cannot be read, the default: one mistake is told once.</summary>
    private T Read<T>(string key, string expected, Func<string, T> parse)
    {
        if (Given(key) is not { } value) return parse(Row(key).Default);
        try
        {
            return parse(value.Text);
        }
        catch (FormatException)
        {
            Error(key, $"'{value.Text}' is not {expected}");
            return Row(key).Default is { Length: > 0 } standard ? parse(standard) : default!;
        }
    }

    private SettingsValue? Given(string key) => _section.Values.TryGetValue(key, out SettingsValue? value) && value.Text.Length > 0 ? value : null;

    private KeyRow Row(string key) => KeyTable.Find(_rows, key, isSection: false) ?? throw new InvalidOperationException($"no row says what {key} is");

    private void CheckKey(string key, SettingsValue value, IEnumerable<KeyRow> rows)
    {
        if (KeyTable.Find(rows, key, isSection: false) is not { } row)
            Error(key, $"unknown key{Suggestion(key, rows, isSection: false)}");
        else if (row.Support == KeySupport.NotYet && value.Text.Length > 0)
            Error(key, "known in swanctl.conf, but not supported yet");
        else if (row.Support == KeySupport.OnlyThese && value.Text.Length > 0 && !row.Accepts(value.Text))
            Error(key, $"'{value.Text}' is not supported yet, only {string.Join(" or ", row.Accepted.Take(2))}");
    }

    private void CheckSection(string name, SettingsSection child, IEnumerable<KeyRow> rows)
    {
        KeyRow? row = KeyTable.Find(rows, name, isSection: true);
        bool isAtRoot = child.Parent?.Parent is null;
        if (row is null && isAtRoot && child.IsReferredTo) return;
        if (row is null)
            Add(child, $"unknown section{(isAtRoot ? " to which no other refers" : "")}{Suggestion(name, rows, isSection: true)}");
        else if (row.Support == KeySupport.NotYet && (child.Values.Count > 0 || child.Sections.Count > 0))
            Add(child, "known in swanctl.conf, but not supported yet");
    }

    private void Add(SettingsSection section, string message) =>
        _errors.Add(new ConfigurationError(section.File, section.Line, section.Path, message));

    private static string Suggestion(string word, IEnumerable<KeyRow> rows, bool isSection) =>
        NearestWord.Of(word, rows.Where(r => r.IsSection == isSection && !r.IsPlaceholder).Select(r => r.Name)) is { } nearest
            ? $", did you mean '{nearest}'?"
            : "";
}
