using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>A certification authority of a test, with a clock of its own: a root, or one below another.</summary>
internal sealed class TestAuthority
{
    public static readonly DateTimeOffset NotBefore = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset NotAfter = new(2036, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TestAuthority? _issuer;
    private long _serial = Random.Shared.NextInt64(1, long.MaxValue / 2);

    public TestAuthority(string name, TestAuthority? issuer = null, int? pathLength = null, params X509Extension[] extensions)
    {
        _issuer = issuer;
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        foreach (X509Extension extension in extensions) request.CertificateExtensions.Add(extension);
        Certificate = issuer is null ? SelfSigned(request) : issuer.Sign(request, NotBefore, NotAfter);
    }

    public X509Certificate2 Certificate { get; }

    public ECDsa Key => _key;

    /// <summary>A self-signed certificate, or one of a CA that is no CA.</summary>
    public static X509Certificate2 SelfSigned(CertificateRequest request)
    {
        using X509Certificate2 withKey = request.CreateSelfSigned(NotBefore, NotAfter);
        return X509CertificateLoader.LoadCertificate(withKey.RawData);
    }

    public X509Certificate2 Issue(string name, params X509Extension[] extensions) => Issue(name, NotBefore, NotAfter, extensions);

    public X509Certificate2 Issue(string name, DateTimeOffset notBefore, DateTimeOffset notAfter, params X509Extension[] extensions)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in extensions) request.CertificateExtensions.Add(extension);
        return Sign(request, notBefore, notAfter);
    }

    public X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        byte[] serial = BitConverter.GetBytes(Interlocked.Increment(ref _serial));
        Array.Reverse(serial);
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), notBefore, notAfter, serial);
    }

    /// <summary>A CRL with these certificates, signed at <paramref name="thisUpdate"/> for a year.</summary>
    public byte[] RevocationList(DateTimeOffset thisUpdate, params X509Certificate2[] revoked)
    {
        CertificateRevocationListBuilder builder = new();
        foreach (X509Certificate2 certificate in revoked) builder.AddEntry(certificate);
        return builder.Build(
            Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            crlNumber: 1,
            nextUpdate: thisUpdate.AddYears(1),
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false),
            thisUpdate);
    }
}
