using System.Security.Cryptography;
using System.Text;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;

namespace Concentrator.Configuration;

/// <summary>Sections <c>secrets.ike*</c> as pre-shared keys. Errors name the key, never the value.</summary>
internal static class SecretBinder
{
    private static readonly string[] KeySections = ["private", "rsa", "ecdsa", "pkcs8"];

    public static IReadOnlyList<SharedKeyConfig> Bind(SettingsSection secrets, List<ConfigurationError> errors)
    {
        _ = new SettingsReader(secrets, KeyTable.Secrets, errors);
        return [.. secrets.Sections.Values.Where(s => s.Name.StartsWith("ike", StringComparison.Ordinal)).Select(s => BindOne(s, errors))];
    }

    /// <summary>Passphrases of private keys, by the name of their file.</summary>
    public static IReadOnlyDictionary<string, string> Passphrases(SettingsSection secrets, List<ConfigurationError> errors)
    {
        Dictionary<string, string> passphrases = new(StringComparer.Ordinal);
        foreach (SettingsSection section in secrets.Sections.Values.Where(s => KeySections.Any(k => s.Name.StartsWith(k, StringComparison.Ordinal))))
        {
            var reader = new SettingsReader(section, KeyTable.KeySecret, errors);
            string file = reader.Text("file");
            if (file.Length == 0) reader.Error("", "needs the name of a file");
            else passphrases[file] = Encoding.UTF8.GetString(Decode(reader.Text("secret"), reader));
        }

        return passphrases;
    }

    /// <summary>The files in which a secret's value stands, of whatever kind.</summary>
    public static IEnumerable<string> FilesOf(SettingsSection secrets) => secrets.Sections.Values
        .Select(s => s.Values.GetValueOrDefault("secret"))
        .Where(v => v is { Text.Length: > 0 })
        .Select(v => v!.File)
        .Distinct(StringComparer.Ordinal);

    private static SharedKeyConfig BindOne(SettingsSection section, List<ConfigurationError> errors)
    {
        var reader = new SettingsReader(section, KeyTable.IkeSecret, errors);
        List<IdentityPattern> identities = [];
        foreach ((string key, SettingsValue value) in section.Values.Where(v => v.Key.StartsWith("id", StringComparison.Ordinal) && v.Value.Text.Length > 0))
        {
            if (reader.TryRead(key, value.Text, IdentityPattern.Parse, out IdentityPattern? identity)) identities.Add(identity!);
        }

        byte[] octets = Decode(reader.Text("secret"), reader);
        var secret = new Secret(octets);
        CryptographicOperations.ZeroMemory(octets);
        return new SharedKeyConfig(section.Name, identities, secret);
    }

    /// <summary>Text as it is, <c>0x</c> and hex digits, or <c>0s</c> and Base64.</summary>
    private static byte[] Decode(string text, SettingsReader reader)
    {
        try
        {
            byte[] octets = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Convert.FromHexString(text[2..])
                : text.StartsWith("0s", StringComparison.OrdinalIgnoreCase) ? Convert.FromBase64String(text[2..])
                : Encoding.UTF8.GetBytes(text);
            if (octets.Length == 0) reader.Error("secret", "is empty");
            return octets;
        }
        catch (FormatException)
        {
            reader.Error("secret", "begins with 0x or 0s, but is not hex or Base64");
            return [];
        }
    }
}
