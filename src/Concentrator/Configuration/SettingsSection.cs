namespace Concentrator.Configuration;

/// <summary>A value with the place it was read from.</summary>
internal sealed record SettingsValue(string Text, string File, int Line);

/// <summary>A section of a settings file: keys and sections by name, in the order of the file. Mutable while it is read, then left alone.</summary>
internal sealed class SettingsSection(string name, SettingsSection? parent, string file, int line)
{
    public string Name => name;

    /// <summary>The section around this one; null at the root.</summary>
    public SettingsSection? Parent => parent;

    /// <summary>The names from the root, with dots.</summary>
    public string Path { get; } = parent?.PathOf(name) ?? name;

    public string File => file;

    public int Line => line;

    public OrderedDictionary<string, SettingsValue> Values { get; } = [];

    public OrderedDictionary<string, SettingsSection> Sections { get; } = [];

    /// <summary>Paths of sections whose content this one takes over where it has none of its own.</summary>
    public List<string> References { get; } = [];

    /// <summary>Another section refers to this one, or to one within it. At the root it then is a template, whatever its name.</summary>
    public bool IsReferredTo { get; set; }

    public string PathOf(string key) => parent is null ? key : $"{Path}.{key}";

    /// <summary>True for a section within this one, at any depth, and for this one itself.</summary>
    public bool Contains(SettingsSection? other)
    {
        while (other is not null && other != this) other = other.Parent;
        return other is not null;
    }

    /// <summary>The section of this name, made if need be: a section that is written twice is one.</summary>
    public SettingsSection Open(string child, string childFile, int childLine)
    {
        if (!Sections.TryGetValue(child, out SettingsSection? section))
            Sections[child] = section = new SettingsSection(child, this, childFile, childLine);
        return section;
    }
}
