using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Configuration;

/// <summary>Sections <c>authorities.&lt;name&gt;</c>: authorities that are trusted like those of the folder <c>x509ca</c>.</summary>
internal static class AuthorityBinder
{
    public static IReadOnlyList<X509Certificate2> Bind(SettingsSection? authorities, CertificateFiles files, List<ConfigurationError> errors)
    {
        List<X509Certificate2> found = [];
        foreach (SettingsSection section in SettingsReader.Named(authorities, "an authority", errors))
        {
            var reader = new SettingsReader(section, KeyTable.Authority, errors);
            string key = reader.Text("cacert", "").Length > 0 ? "cacert" : "file";
            string name = reader.Text(key, "");
            if (name.Length == 0) reader.Error("", "needs a cacert");
            else if (reader.TryRead(key, name, n => CertificateFiles.Read(files.Resolve(CertificateFiles.Authorities, n)), out IReadOnlyList<X509Certificate2>? read)) found.Add(read![0]);
        }

        return found;
    }
}
