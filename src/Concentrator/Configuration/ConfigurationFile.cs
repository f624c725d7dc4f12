using Concentrator.Ike.Configuration;

namespace Concentrator.Configuration;

/// <summary>What came of reading a configuration: all of it, or nothing and the reasons. Warnings stand in the way of nothing.</summary>
public sealed record ConfigurationResult(
    GatewayConfig? Config, IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<ConfigurationError> Warnings);

/// <summary>A configuration file in swanctl.conf syntax, with all it includes.</summary>
public static class ConfigurationFile
{
    /// <summary>Reads and checks. Throws for nothing that a file can hold; host names in it are resolved.</summary>
    public static ConfigurationResult Load(string path)
    {
        List<ConfigurationError> errors = [];
        List<ConfigurationError> warnings = [];
        var parser = new SettingsParser(errors);
        SettingsSection root = parser.Parse(path);
        if (errors.Count > 0) return new ConfigurationResult(null, errors, warnings);

        var reader = new SettingsReader(root, KeyTable.Root, errors);
        List<ConnectionConfig> connections = [];
        if (root.Sections.TryGetValue("connections", out SettingsSection? section))
        {
            foreach (SettingsSection connection in section.Sections.Values) connections.Add(ConnectionBinder.Bind(connection, errors));
            foreach (string key in section.Values.Keys) errors.Add(new ConfigurationError(section.File, section.Line, section.PathOf(key), "a connection is a section in braces"));
        }

        IReadOnlyList<SharedKeyConfig> keys = root.Sections.TryGetValue("secrets", out SettingsSection? secrets) ? SecretBinder.Bind(secrets, errors) : [];
        if (secrets is not null) warnings.AddRange(parser.Files.Where(IsReadableByOthers).Select(WarnOfRights));
        return new ConfigurationResult(errors.Count == 0 ? new GatewayConfig(connections, keys) : null, errors, warnings);
    }

    private static bool IsReadableByOthers(string file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0;

    private static ConfigurationError WarnOfRights(string file) =>
        new(file, 0, "", "secrets are configured, and every user of this machine can read this file: chmod o= it");
}
