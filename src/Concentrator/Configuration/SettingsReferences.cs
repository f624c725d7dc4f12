namespace Concentrator.Configuration;

/// <summary>Carries out references: a section takes over what it lacks from the sections it names, and they from theirs.</summary>
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
            if (Find(reference) is not { } source)
            {
                errors.Add(new ConfigurationError(section.File, section.Line, section.Path, $"refers to '{reference}', which is not there"));
            }
            else if (_underWay.Contains(source))
            {
                errors.Add(new ConfigurationError(section.File, section.Line, section.Path, $"refers to '{reference}', which contains or refers to it"));
            }
            else if (_underWay.Count > DepthLimit)
            {
                errors.Add(new ConfigurationError(section.File, section.Line, section.Path, $"refers to '{reference}': sections refer to each other too deeply"));
            }
            else
            {
                Resolve(source);
                TakeOver(section, source);
                if (_taken > TakenLimit) break;
            }
        }

        foreach (SettingsSection child in section.Sections.Values.ToList()) Resolve(child);
        foreach ((string key, SettingsValue value) in section.Values.Where(v => v.Value.Text.Length == 0 && section.References.Count > 0).ToList())
            section.Values.Remove(key);
        _underWay.Remove(section);
        _done.Add(section);
    }

    private SettingsSection? Find(string path)
    {
        SettingsSection? found = root;
        foreach (string name in path.Split('.')) found = found?.Sections.GetValueOrDefault(name);
        return found;
    }

    private void TakeOver(SettingsSection target, SettingsSection source)
    {
        if (_taken > TakenLimit) return;
        _taken += 1 + source.Values.Count;
        if (_taken > TakenLimit)
            errors.Add(new ConfigurationError(target.File, target.Line, target.Path, "sections that refer to each other have become too many"));
        foreach ((string key, SettingsValue value) in source.Values) target.Values.TryAdd(key, value);
        foreach ((string name, SettingsSection child) in source.Sections) TakeOver(target.Open(name, child.File, child.Line), child);
    }
}
