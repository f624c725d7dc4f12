using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;

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
        var files = new CertificateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!);
        List<ConnectionConfig> connections =
        [
            .. SettingsReader.Named(root.Sections.GetValueOrDefault("connections"), "a connection", errors)
                .Select(c => ConnectionBinder.Bind(c, files, errors)),
        ];
        SettingsSection? secrets = root.Sections.GetValueOrDefault("secrets");
        GatewayConfig config = new(connections, secrets is null ? [] : SecretBinder.Bind(secrets, errors))
        {
            Pools = PoolBinder.Bind(root.Sections.GetValueOrDefault("pools"), errors),
            PrivateKeys = files.ReadKeys(secrets is null ? new Dictionary<string, string>() : SecretBinder.Passphrases(secrets, errors), errors),
            Certificates = files.ReadFolder(CertificateFiles.EndEntities, errors),
            Authorities = files.ReadFolder(CertificateFiles.Authorities, errors),
            NamedAuthorities = AuthorityBinder.Bind(root.Sections.GetValueOrDefault("authorities"), files, errors),
            RevocationLists = files.ReadLists(errors),
        };
        CheckKeys(config, errors);
        CheckPools(config, root.Sections.GetValueOrDefault("connections"), errors);
        IEnumerable<string> secretFiles = secrets is null ? files.KeyFiles() : SecretBinder.FilesOf(secrets).Concat(files.KeyFiles());
        warnings.AddRange(secretFiles.Where(IsReadableByOthers).Select(WarnOfRights));
        warnings.AddRange(files.WarnOfUnused());
        if (errors.Count == 0) return new ConfigurationResult(config, errors, warnings);
        config.DisposeSecrets();
        return new ConfigurationResult(null, errors, warnings);
    }

    /// <summary>A certificate of ours without its key can prove nothing, nor can one whose key may not sign.</summary>
    private static void CheckKeys(GatewayConfig config, List<ConfigurationError> errors)
    {
        foreach (ConnectionConfig connection in config.Connections)
        {
            foreach (X509Certificate2 certificate in connection.Local.Certificates.Where(c => !config.PrivateKeys.Any(k => k.IsKeyOf(c))))
            {
                errors.Add(new ConfigurationError(
                    "", 0, $"connections.{connection.Name}.local.certs", $"there is no private key for '{certificate.Subject}' in private, rsa, ecdsa or pkcs8"));
            }

            SigningKey[] keys = [.. config.PrivateKeys.Where(k => connection.Local.Certificates.Any(k.IsKeyOf))];
            SignatureConstraints allowed = connection.Local.Signatures;
            if (keys.Length > 0 && !keys.Any(k => SignatureAuthentication.CanSign(k, SignatureHashes.Ours, allowed)))
                errors.Add(new ConfigurationError("", 0, $"connections.{connection.Name}.local.auth", $"no key of its certificates can sign as '{allowed}' wants"));
        }
    }

    /// <summary>A pool that is named must be there: else a peer's first address would find out.</summary>
    private static void CheckPools(GatewayConfig config, SettingsSection? connections, List<ConfigurationError> errors)
    {
        foreach (ConnectionConfig connection in config.Connections)
        {
            SettingsSection section = connections!.Sections[connection.Name];
            foreach (string name in connection.Pools.Where(name => !config.Pools.Any(pool => pool.Name == name)))
            {
                SettingsValue place = section.Values["pools"];
                string nearest = NearestWord.Of(name, config.Pools.Select(pool => pool.Name)) is { } word ? $", did you mean '{word}'?" : "";
                errors.Add(new ConfigurationError(place.File, place.Line, section.PathOf("pools"), $"there is no pool '{name}'{nearest}"));
            }
        }
    }

    private static bool IsReadableByOthers(string file)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        try
        {
            return (File.GetUnixFileMode(file) & Others) != 0;
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
