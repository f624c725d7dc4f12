using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Configuration;

/// <summary>Sections <c>authorities.&lt;name&gt;</c>: authorities that are trusted like those of the folder <c>x509ca</c>.</summary>
internal static class AuthorityBinder
{
    public static IReadOnlyList<AuthorityConfig> Bind(SettingsSection? authorities, ICertificateSource files, List<ConfigurationError> errors) =>
        [.. SettingsReader.Named(authorities, "an authority", errors).Select(section => BindOne(section, files, errors)).OfType<AuthorityConfig>()];

    /// <summary>Null: there is a mistake in it.</summary>
    public static AuthorityConfig? BindOne(SettingsSection section, ICertificateSource files, List<ConfigurationError> errors)
    {
        var reader = new SettingsReader(section, KeyTable.Authority, errors);
        string key = reader.Text("cacert").Length > 0 ? "cacert" : "file";
        string name = reader.Text(key);
        if (name.Length == 0) reader.Error("", "needs a cacert");
        else if (reader.TryRead(key, name, n => files.Find(CertificateFiles.Authorities, n), out IReadOnlyList<X509Certificate2>? read))
            return new AuthorityConfig(section.Name, read![0]) { CrlUris = Uris(reader, "crl_uris"), OcspUris = Uris(reader, "ocsp_uris") };
        return null;
    }

    /// <summary>Over HTTP only: TLS would want the revocation of the server's certificate found out, and a file is read from the folder <c>x509crl</c>.</summary>
    private static List<Uri> Uris(SettingsReader reader, string key)
    {
        List<Uri> uris = [];
        foreach (string part in reader.List(key))
        {
            if (Uri.TryCreate(part, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttp) uris.Add(uri);
            else reader.Error(key, $"'{part}' is not an address that begins with http://");
        }

        return uris;
    }
}
