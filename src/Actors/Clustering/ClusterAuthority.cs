using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Actors.Clustering;

/// <summary>
/// A small certification authority for people who have none: a folder with <c>ca.pem</c> and <c>ca.key</c>, and for each node NAME <c>NAME.pem</c> and
/// <c>NAME.key</c>. ECDSA on P-256; keys are PKCS#8 that their owner alone may read; no file is ever overwritten.
/// </summary>
public sealed class ClusterAuthority : IDisposable
{
    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode CertificateMode = KeyMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int SerialOctets = 16;

    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3652), NodeLife = TimeSpan.FromDays(825), ClockSkew = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly X509Certificate2 _certificate;

    private ClusterAuthority(string folder, X509Certificate2 certificate) => (_folder, _certificate) = (folder, certificate);

    /// <summary>The certificate that every node is given as the authority it believes.</summary>
    public string CertificateFile => Path.Combine(_folder, "ca.pem");

    /// <summary>Makes an authority in a folder, and the folder where there is none.</summary>
    /// <exception cref="IOException">There is one already, or a file cannot be written.</exception>
    public static ClusterAuthority Create(string folder, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder, KeyMode | UnixFileMode.UserExecute);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN=Concentrator cluster {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using X509Certificate2 certificate = request.CreateSelfSigned(now - ClockSkew, now + AuthorityLife);
        Write(folder, "ca", certificate, key);
        return Open(folder);
    }

    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    /// <exception cref="CryptographicException">The files are no certificate and key.</exception>
    public static ClusterAuthority Open(string folder) =>
        new(folder, X509Certificate2.CreateFromPemFile(Path.Combine(folder, "ca.pem"), Path.Combine(folder, "ca.key")));

    /// <summary>A certificate for a node of this name, good for both ends of a connection.</summary>
    /// <exception cref="IOException">The name has one already, or a file cannot be written.</exception>
    public ClusterTlsFiles Issue(string node, DateTimeOffset now) => Issue(node, now - ClockSkew, now + NodeLife);

    internal ClusterTlsFiles Issue(string node, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(new X500DistinguishedName($"CN={node}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(node);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using X509Certificate2 certificate = request.Create(_certificate, notBefore, Earlier(notAfter, _certificate.NotAfter), Serial());
        Write(_folder, node, certificate, key);
        return new ClusterTlsFiles(Path.Combine(_folder, $"{node}.pem"), Path.Combine(_folder, $"{node}.key"), CertificateFile);
    }

    public void Dispose() => _certificate.Dispose();

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    // RFC 5280 §4.1.2.2: a positive number.
    private static byte[] Serial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(SerialOctets);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }

    private static void Write(string folder, string name, X509Certificate2 certificate, ECDsa key)
    {
        string certificateFile = Path.Combine(folder, $"{name}.pem"), keyFile = Path.Combine(folder, $"{name}.key");
        foreach (string file in new[] { certificateFile, keyFile })
        {
            if (Path.Exists(file)) throw new IOException($"{file} exists already: it is not overwritten");
        }

        char[] pem = key.ExportPkcs8PrivateKeyPem().ToCharArray();
        try
        {
            NewFile.Write(keyFile, pem, KeyMode);
        }
        finally
        {
            Array.Clear(pem);
        }

        NewFile.Write(certificateFile, certificate.ExportCertificatePem() + "\n", CertificateMode);
    }
}
