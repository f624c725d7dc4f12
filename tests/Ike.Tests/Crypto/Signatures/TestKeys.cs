using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Crypto;

namespace Concentrator.Ike.Tests.Crypto.Signatures;

/// <summary>One key and a self-signed certificate of each kind, made once.</summary>
internal sealed class TestKeys : IDisposable
{
    private static readonly string[] Names = ["RSA", "P-256", "P-384", "P-521", "ED25519"];
    private static readonly Lazy<TestKeys>[] All = [.. Names.Select(n => new Lazy<TestKeys>(() => new TestKeys(n)))];

    private TestKeys(string algorithm)
    {
        Pem = Generate(algorithm);
        Key = SigningKeys.Parse(Pem, "");
        byte[] certificate = OpenSsl.Run(Pem, "req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/C=CH/O=Example/CN=moon.example.org", "-outform", "DER");
        Certificate = X509CertificateLoader.LoadCertificate(certificate);
    }

    public byte[] Pem { get; }

    public SigningKey Key { get; }

    public X509Certificate2 Certificate { get; }

    public static TestKeys Of(SignatureKeyKind kind) => All[(int)kind].Value;

    public static byte[] Generate(string algorithm) => algorithm switch
    {
        "RSA" => OpenSsl.Run([], "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
        "ED25519" => OpenSsl.Run([], "genpkey", "-algorithm", "ED25519"),
        _ => OpenSsl.Run([], "genpkey", "-algorithm", "EC", "-pkeyopt", $"ec_paramgen_curve:{algorithm}"),
    };

    /// <summary>The key once more, for what .NET can make of it.</summary>
    public RSA Rsa()
    {
        RSA key = RSA.Create();
        key.ImportFromPem(System.Text.Encoding.ASCII.GetString(Pem));
        return key;
    }

    public void Dispose()
    {
        Key.Dispose();
        Certificate.Dispose();
    }
}
