using Concentrator.Ike.Configuration;

namespace Concentrator.Configuration;

/// <summary>What came of reading a configuration: all of it, or nothing and the reasons. Warnings stand in the way of nothing.</summary>
public sealed record ConfigurationResult(
    GatewayConfig? Config, IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<ConfigurationError> Warnings);

/// <summary>A configuration file in swanctl.conf syntax, with all it includes.</summary>
public static class ConfigurationFile
{
    /// <summary>
    /// Reads and checks. Throws for nothing that a file can hold. Host names in it are resolved, which takes as long as the resolver does.
    /// The caller disposes the keys of <see cref="ConfigurationResult.Config"/>.
    /// </summary>
    public static ConfigurationResult Load(string path)
    {
        List<ConfigurationError> errors = [];
        List<ConfigurationError> warnings = [];
        var parser = new SettingsParser(errors);
        SettingsSection root = parser.Parse(path);
        if (errors.Count > 0) return new ConfigurationResult(null, errors, warnings);

        _ = new SettingsReader(root, KeyTable.Root, errors);
        List<ConnectionConfig> connections =
        [
            .. SettingsReader.Named(root.Sections.GetValueOrDefault("connections"), "a connection", errors)
                .Select(c => ConnectionBinder.Bind(c, errors)),
        ];
        SettingsSection? secrets = root.Sections.GetValueOrDefault("secrets");
        IReadOnlyList<SharedKeyConfig> keys = secrets is null ? [] : SecretBinder.Bind(secrets, errors);
        if (secrets is not null) warnings.AddRange(SecretBinder.FilesOf(secrets).Where(IsReadableByOthers).Select(WarnOfRights));
        if (errors.Count == 0) return new ConfigurationResult(new GatewayConfig(connections, keys), errors, warnings);
        foreach (SharedKeyConfig key in keys) key.Key.Dispose();
        return new ConfigurationResult(null, errors, warnings);
    }

    private static bool IsReadableByOthers(string file)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        try
        {
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone since it was read: nobody else reads it either.
            return false;
        }
    }

    private static ConfigurationError WarnOfRights(string file)
    {
        bool isPlain = file.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_');
        string argument = isPlain ? file : $"'{file.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        return new ConfigurationError(file, 0, "", $"holds secrets, and users other than its owner can read it: chmod go= {argument}");
    }
}
