namespace Concentrator.Configuration;

/// <summary>
/// Carries out references: a section takes over what it lacks from the sections it names, and they from theirs. A name is the path from the root,
/// or else that of a section beside the one that refers.
/// </summary>
internal sealed class SettingsReferences(SettingsSection root, List<ConfigurationError> errors)
{
    /// <summary>A chain of references, and the sections around it, are no deeper than this.</summary>
    private const int DepthLimit = 64;

    /// <summary>References within what is referred to multiply: this many values and sections are taken over, then no more.</summary>
    private const int TakenLimit = 500_000;

    private readonly HashSet<SettingsSection> _done = [];
    private readonly HashSet<SettingsSection> _underWay = [];
    private int _taken;

    public void Resolve() => Resolve(root);

    private void Resolve(SettingsSection section)
    {
        if (_taken > TakenLimit || _done.Contains(section) || !_underWay.Add(section)) return;
        foreach (string reference in section.References)
        {
            if (_taken > TakenLimit) break;
            if (Find(section, reference) is { } source) Refer(section, source, reference);
            else Add(section, $"refers to '{reference}', which is not there");
        }

        foreach (SettingsSection child in section.Sections.Values.ToList()) Resolve(child);
        foreach ((string key, SettingsValue value) in section.Values.Where(v => v.Value.Text.Length == 0 && section.References.Count > 0).ToList())
            section.Values.Remove(key);
        _underWay.Remove(section);
        _done.Add(section);
    }

    private void Refer(SettingsSection section, SettingsSection source, string reference)
    {
        // Taking over reads the one while it writes the other: neither may be a part of the other.
        if (_underWay.Contains(source) || source.Contains(section) || section.Contains(source))
        {
            Add(section, $"refers to '{reference}', which contains it, is within it or refers to it");
        }
        else if (_underWay.Count > DepthLimit)
        {
            Add(section, $"refers to '{reference}': sections refer to each other too deeply");
        }
        else
        {
            Resolve(source);
            TakeOver(section, source);
        }
    }

    private SettingsSection? Find(SettingsSection section, string path) =>
        FindFrom(root, path) ?? (section.Parent is { } parent ? FindFrom(parent, path) : null);

    private static SettingsSection? FindFrom(SettingsSection from, string path)
    {
        List<SettingsSection> passed = [];
        foreach (string name in path.Split('.'))
        {
            if (!from.Sections.TryGetValue(name, out SettingsSection? next)) return null;
            passed.Add(from = next);
        }

        foreach (SettingsSection section in passed) section.IsReferredTo = true;
        return from;
    }

    private void TakeOver(SettingsSection target, SettingsSection source)
    {
        if (_taken > TakenLimit) return;
        _taken += 1 + source.Values.Count;
        if (_taken > TakenLimit) Add(target, "sections that refer to each other have become too many");
        foreach ((string key, SettingsValue value) in source.Values) target.Values.TryAdd(key, value);
        foreach ((string name, SettingsSection child) in source.Sections) TakeOver(target.Open(name, child.File, child.Line), child);
    }

    private void Add(SettingsSection section, string message) => errors.Add(new ConfigurationError(section.File, section.Line, section.Path, message));
}
