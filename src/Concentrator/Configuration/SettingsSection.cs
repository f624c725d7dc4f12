namespace Concentrator.Configuration;

/// <summary>A value with the place it was read from.</summary>
internal sealed record SettingsValue(string Text, string File, int Line);

/// <summary>A section of a settings file: keys and sections by name, in the order of the file. Mutable while it is read, then left alone.</summary>
internal sealed class SettingsSection(string name, string path, string file, int line)
{
    public string Name => name;

    /// <summary>The names from the root, with dots.</summary>
    public string Path => path;

    public string File => file;

    public int Line => line;

    public OrderedDictionary<string, SettingsValue> Values { get; } = [];

    public OrderedDictionary<string, SettingsSection> Sections { get; } = [];

    /// <summary>Paths of sections whose content this one takes over where it has none of its own.</summary>
    public List<string> References { get; } = [];

    public string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>The section of this name, made if need be: a section that is written twice is one.</summary>
    public SettingsSection Open(string child, string childFile, int childLine)
    {
        if (!Sections.TryGetValue(child, out SettingsSection? section))
            Sections[child] = section = new SettingsSection(child, PathOf(child), childFile, childLine);
        return section;
    }
}
