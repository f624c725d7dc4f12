using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Tests.Crypto.Signatures;

namespace Concentrator.Ike.Tests.Certificates;

/// <summary>A certification authority of a test: a root, or one below another.</summary>
internal sealed class TestAuthority
{
    public static readonly DateTimeOffset NotBefore = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset NotAfter = new(2036, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private long _serial;

    public TestAuthority(string name, TestAuthority? issuer = null)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Certificate = issuer is null ? Own(request) : issuer.Sign(request, NotBefore, NotAfter);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>An end entity certificate for the key of that kind. Names with <c>@</c> are mailboxes, addresses are addresses, others are hosts.</summary>
    public X509Certificate2 Issue(SignatureKeyKind kind, string commonName, params string[] names)
    {
        var key = PublicKey.CreateFromSubjectPublicKeyInfo(TestKeys.Of(kind).Key.PublicKey.Span, out _);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={commonName}"), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address)) alternatives.AddIpAddress(address);
            else if (name.Contains('@')) alternatives.AddEmailAddress(name);
            else alternatives.AddDnsName(name);
        }

        if (names.Length > 0) request.CertificateExtensions.Add(alternatives.Build());
        return Sign(request, NotBefore, NotAfter);
    }

    /// <summary>Signed at <paramref name="thisUpdate"/>, for thirty days.</summary>
    public byte[] RevocationList(DateTimeOffset thisUpdate, params X509Certificate2[] revoked)
    {
        CertificateRevocationListBuilder builder = new();
        foreach (X509Certificate2 certificate in revoked) builder.AddEntry(certificate);
        return builder.Build(
            Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            crlNumber: 1,
            nextUpdate: thisUpdate.AddDays(30),
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false),
            thisUpdate);
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        byte[] serial = BitConverter.GetBytes(++_serial);
        Array.Reverse(serial);
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), notBefore, notAfter, serial);
    }

    private static X509Certificate2 Own(CertificateRequest request)
    {
        using X509Certificate2 withKey = request.CreateSelfSigned(NotBefore, NotAfter);
        return X509CertificateLoader.LoadCertificate(withKey.RawData);
    }
}
