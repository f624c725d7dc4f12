using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Configuration;
using Concentrator.Ike.Configuration;

namespace Concentrator.Tests.Configuration;

/// <summary>Certificates and keys in the folders beside the file, and what is said of them.</summary>
public sealed class CertificateConfigurationTests : IDisposable
{
    private readonly ConfigFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void A_certificate_finds_its_key_and_check_says_so()
    {
        WriteCertificate("x509/moon.pem", "C=CH, CN=moon");
        WriteCertificate("x509ca/root.pem", "C=CH, CN=root");
        WriteCertificate("elsewhere/other.pem", "C=CH, CN=other");
        _folder.Write(_key.ExportPkcs8PrivateKeyPem(), "private/moon.pem");
        _folder.Write(Pubkey($"authorities {{ other {{ cacert = {_folder.PathOf("elsewhere/other.pem")}\n }} }}"));

        ConfigurationResult result = _folder.Load();

        Assert.Empty(result.Errors);
        Assert.Equal(["CN=root, C=CH", "CN=other, C=CH"], result.Config!.TrustedAuthorities.Select(a => a.Subject));
        string summary = Summary(result.Config);
        Assert.Contains("id the subject of the certificate, signature, with 'C=CH, CN=moon' (with its private key, EcdsaP256)", summary, StringComparison.Ordinal);
        Assert.Contains("id %any, signature, certified by any authority, revocation strict", summary, StringComparison.Ordinal);
        Assert.Contains("certificate 'C=CH, CN=moon': valid from 2026-01-01 00:00 to 2036-01-01 00:00 UTC, with its private key, EcdsaP256", summary, StringComparison.Ordinal);
        Assert.Contains("authority 'C=CH, CN=other'", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("of no certificate", summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_of_an_authority_are_http()
    {
        WriteCertificate("x509/moon.pem", "C=CH, CN=moon");
        _folder.Write(_key.ExportPkcs8PrivateKeyPem(), "private/moon.pem");
        WriteCertificate("other.pem", "C=CH, CN=other");
        string Authority(string uris) => $"authorities {{ other {{ cacert = {_folder.PathOf("other.pem")}\n {uris}\n }} }}";

        _folder.Write(Pubkey(Authority("crl_uris = http://192.0.2.9/a.crl, http://192.0.2.9/b.crl\n ocsp_uris = http://192.0.2.9/ocsp")));
        AuthorityConfig authority = Assert.Single(_folder.Load().Config!.NamedAuthorities);
        Assert.Equal(["http://192.0.2.9/a.crl", "http://192.0.2.9/b.crl"], authority.CrlUris.Select(uri => uri.ToString()));
        Assert.Equal(["http://192.0.2.9/ocsp"], authority.OcspUris.Select(uri => uri.ToString()));

        _folder.Write(Pubkey(Authority("crl_uris = ldap://192.0.2.9/a\n ocsp_uris = somewhere")));
        Assert.Equal(
            ["'ldap://192.0.2.9/a' is not an address that begins with http://", "'somewhere' is not an address that begins with http://"],
            _folder.Load().Errors.Select(error => error.Message));
    }

    [Fact]
    public void An_encrypted_key_wants_its_passphrase()
    {
        WriteCertificate("x509/moon.pem", "C=CH, CN=moon");
        _folder.Write(_key.ExportEncryptedPkcs8PrivateKeyPem("open sesame", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)), "pkcs8/moon.pem");

        _folder.Write(Pubkey("secrets { pkcs8-moon { file = moon.pem\n secret = \"open sesame\"\n } }"));
        Assert.Empty(_folder.Load().Errors);

        _folder.Write(Pubkey("secrets { pkcs8-moon { file = moon.pem\n secret = \"open barley\"\n } }"));
        Assert.Contains(_folder.Load().Errors, e => e.Message == "the passphrase of the private key is wrong");

        _folder.Write(Pubkey(""));
        Assert.Contains(_folder.Load().Errors, e => e.Message.Contains("no passphrase is known", StringComparison.Ordinal));
    }

    [Fact]
    public void A_certificate_without_its_key_is_a_mistake()
    {
        WriteCertificate("x509/moon.pem", "C=CH, CN=moon");
        _folder.Write(Pubkey(""));
        Assert.Contains(_folder.Load().Errors, e => e.Message.Contains("there is no private key for", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x509/broken.pem")]
    [InlineData("x509ca/broken.pem")]
    [InlineData("private/broken.pem")]
    [InlineData("x509crl/broken.crl")]
    public void What_cannot_be_read_is_a_mistake_that_names_its_file(string name)
    {
        _folder.Write("no certificate and no key", name).Write(ConfigFolder.Connection());
        Assert.Equal(_folder.PathOf(name), Assert.Single(_folder.Load().Errors).File);
    }

    [Theory]
    [InlineData("rsa/pss-sha256", "ike:ecdsa-384", "signature (rsa/pss-sha256)", "signature (ike:ecdsa-384)")]
    [InlineData("PUBKEY", "rsa-2048-sha256-ecdsa-256-sha384", "signature, with", "signature (rsa-2048-sha256-ecdsa-256-sha384), but")]
    public void Key_types_hashes_and_sizes_are_read(string local, string remote, string ours, string theirs)
    {
        _folder.Write(ConfigFolder.Connection(local: $"auth = {local}", remote: $"auth = {remote}"));

        ConfigurationResult result = _folder.Load();

        Assert.Empty(result.Errors);
        Assert.Equal(AuthKind.PublicKey, result.Config!.Connections[0].Remote.Kind);
        Assert.Contains(ours, Summary(result.Config), StringComparison.Ordinal);
        Assert.Contains(theirs, Summary(result.Config), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ecdsa-256-sha256", true)]
    [InlineData("rsa", false)]
    [InlineData("ecdsa-384", false)]
    public void A_key_that_cannot_sign_as_it_should_is_a_mistake(string auth, bool can)
    {
        WriteCertificate("x509/moon.pem", "C=CH, CN=moon");
        _folder.Write(_key.ExportPkcs8PrivateKeyPem(), "private/moon.pem");
        _folder.Write(ConfigFolder.Connection(local: $"auth = {auth}\n certs = moon.pem"));

        ConfigurationResult result = _folder.Load();

        if (can) Assert.Empty(result.Errors);
        else Assert.Equal($"no key of its certificates can sign as '{auth}' wants", Assert.Single(result.Errors).Message);
    }

    [Theory]
    [InlineData("eap-mschapv2", "'eap-mschapv2' is not one of psk, pubkey, rsa, rsa/pss, ecdsa, ed25519")]
    [InlineData("rsa-sha1", "'sha1' in 'rsa-sha1' is not supported: hashes are sha256, sha384, sha512, identity")]
    public void What_is_not_supported_of_auth_is_a_mistake(string auth, string words)
    {
        string error = Assert.Single(ConfigFolder.Errors(ConfigFolder.Connection(remote: $"auth = {auth}")));
        Assert.StartsWith("swanctl.conf:", error, StringComparison.Ordinal);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Revocation_lists_are_read_and_told(bool isPem)
    {
        CertificateRevocationListBuilder builder = new();
        builder.AddEntry([1, 2, 3]);
        byte[] list = builder.Build(
            new X500DistinguishedName("CN=root"),
            X509SignatureGenerator.CreateForECDsa(_key),
            crlNumber: 1,
            nextUpdate: new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero),
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier([1, 2]),
            thisUpdate: new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _folder.Write(ConfigFolder.Connection());
        _folder.Write("", "x509crl/root.crl");
        File.WriteAllBytes(_folder.PathOf("x509crl/root.crl"), isPem ? System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("X509 CRL", list)) : list);

        ConfigurationResult result = _folder.Load();

        Assert.Empty(result.Errors);
        Assert.Single(result.Config!.RevocationLists);
        Assert.Contains("revocation list of 'CN=root': of 2026-01-01 00:00, next 2027-01-01 00:00 UTC", Summary(result.Config), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x509ocsp")]
    [InlineData("pkcs12")]
    [InlineData("pubkey")]
    public void Files_that_are_not_used_are_warned_of(string folder)
    {
        _folder.Write("whatever", $"{folder}/file").Write(ConfigFolder.Connection());

        ConfigurationResult result = _folder.Load();

        Assert.Empty(result.Errors);
        ConfigurationError warning = Assert.Single(result.Warnings);
        Assert.Equal(_folder.PathOf($"{folder}/file"), warning.File);
        Assert.Contains($"is not used: the folder {folder} holds", warning.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _key.Dispose();
    }

    private static string Pubkey(string more) =>
        ConfigFolder.Connection(local: "auth = pubkey\n certs = moon.pem", remote: "auth = pubkey\n revocation = strict") + more;

    private static string Summary(GatewayConfig config)
    {
        StringWriter summary = new();
        ConfigurationSummary.Write(summary, config);
        return summary.ToString();
    }

    private void WriteCertificate(string name, string subject)
    {
        var request = new CertificateRequest(new X500DistinguishedName(subject, X500DistinguishedNameFlags.None), _key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _folder.Write(certificate.ExportCertificatePem(), name);
    }
}
