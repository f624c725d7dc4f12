using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Configuration;

/// <summary>A section <c>local</c> or <c>remote</c> of a connection as an <see cref="AuthConfig"/>, with the certificates that it names.</summary>
internal static class AuthBinder
{
    internal static readonly IReadOnlyDictionary<string, RevocationPolicy> Revocations = new Dictionary<string, RevocationPolicy>
    {
        ["strict"] = RevocationPolicy.Strict,
        ["ifuri"] = RevocationPolicy.IfUri,
        ["relaxed"] = RevocationPolicy.Relaxed,
    };

    /// <summary>The one round of a side; sections <c>local</c>, <c>local-1</c> and so on would be several, which takes RFC 4739.</summary>
    public static AuthConfig Bind(SettingsReader connection, string side, IEnumerable<KeyRow> rows, ICertificateSource files, List<ConfigurationError> errors)
    {
        List<SettingsSection> rounds = [.. connection.Section.Sections.Values.Where(s => s.Name.StartsWith(side, StringComparison.Ordinal))];
        if (rounds.Count != 1)
        {
            connection.Error("", rounds.Count == 0 ? $"needs a section '{side}'" : $"several rounds of authentication ({string.Join(", ", rounds.Select(r => r.Name))}) are not supported yet");
            return new AuthConfig(null);
        }

        var auth = new SettingsReader(rounds[0], rows, errors);
        string id = auth.Text("id");
        IdentityPattern? pattern = id.Length > 0 && auth.TryRead("id", id, IdentityPattern.Parse, out IdentityPattern? parsed) ? parsed : null;
        // As swanctl.conf has it: a signature, unless it says psk.
        string method = auth.Text("auth");
        bool signs = !method.Equals("psk", StringComparison.OrdinalIgnoreCase);
        return new AuthConfig(pattern)
        {
            Kind = signs ? AuthKind.PublicKey : AuthKind.PreSharedKey,
            Signatures = signs && auth.TryRead("auth", method, SignatureConstraints.Parse, out SignatureConstraints? signatures) ? signatures! : SignatureConstraints.None,
            Certificates = Certificates(auth, "certs", "cert", CertificateFiles.EndEntities, files, errors),
            Authorities = side == "remote" ? Certificates(auth, "cacerts", "cacert", CertificateFiles.Authorities, files, errors) : [],
            Revocation = side == "remote" ? auth.Word("revocation", Revocations) : RevocationPolicy.Relaxed,
        };
    }

    /// <summary>Those that the list names, and those of the sections <c>cert-…</c>.</summary>
    private static List<X509Certificate2> Certificates(
        SettingsReader auth, string list, string section, string folder, ICertificateSource files, List<ConfigurationError> errors)
    {
        List<X509Certificate2> found = [];
        foreach (string name in auth.List(list))
        {
            if (auth.TryRead(list, name, n => files.Find(folder, n), out IReadOnlyList<X509Certificate2>? read)) found.Add(read![0]);
        }

        foreach (SettingsSection one in auth.Section.Sections.Values.Where(s => s.Name.StartsWith(section, StringComparison.Ordinal)))
        {
            var reader = new SettingsReader(one, KeyTable.Certificate, errors);
            string name = reader.Text("file");
            if (name.Length == 0) reader.Error("", "needs a file");
            else if (reader.TryRead("file", name, n => files.Find(folder, n), out IReadOnlyList<X509Certificate2>? read)) found.Add(read![0]);
        }

        return found;
    }
}
