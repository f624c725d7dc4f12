using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// Where the revocation of a certificate is found out: what the configuration says of its issuer, and what it says itself, in CRL distribution points and OCSP
/// responders (RFC 5280 §4.2.1.13, §4.2.2.1).
/// </summary>
internal sealed class RevocationServers(X509Certificate2 certificate, IEnumerable<AuthorityConfig> issuers)
{
    private const string CrlDistributionPoints = "2.5.29.31";
    private const string AuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";

    /// <summary>Responders that the configuration names.</summary>
    public IReadOnlyList<Uri> ConfiguredResponders { get; } = [.. issuers.SelectMany(authority => authority.OcspUris)];

    /// <summary>Lists that the configuration names.</summary>
    public IReadOnlyList<Uri> ConfiguredLists { get; } = [.. issuers.SelectMany(authority => authority.CrlUris)];

    public bool AreNamed => ConfiguredResponders.Count + ConfiguredLists.Count > 0 || AreNamedByCertificate;

    public bool AreNamedByCertificate => certificate.Extensions[CrlDistributionPoints] is not null || OcspUris(certificate).Any();

    /// <summary>All that HTTP reaches and the certificate names.</summary>
    public IReadOnlyList<Uri> OfCertificate() => [.. Lists(), .. Reachable(OcspUris(certificate))];

    /// <summary>Where the certificate says that whole CRLs are had over HTTP. TLS would want the revocation of the server's certificate found out.</summary>
    public IReadOnlyList<Uri> Lists()
    {
        if (certificate.Extensions[CrlDistributionPoints] is not { } extension) return [];
        try
        {
            return
            [
                .. Reachable(CrlDistPoint.GetInstance(Asn1Object.FromByteArray(extension.RawData)).GetDistributionPoints()
                    .Where(p => p.Reasons is null && p.CrlIssuer is null && p.DistributionPointName is { Type: DistributionPointName.FullName })
                    .SelectMany(p => GeneralNames.GetInstance(p.DistributionPointName.Name).GetNames())
                    .Where(n => n.TagNo == GeneralName.UniformResourceIdentifier)
                    .Select(n => DerIA5String.GetInstance(n.Name).GetString())),
            ];
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            return [];
        }
    }

    private static IEnumerable<string> OcspUris(X509Certificate2 certificate) =>
        certificate.Extensions[AuthorityInformationAccess] is X509AuthorityInformationAccessExtension access ? access.EnumerateOcspUris() : [];

    private static IEnumerable<Uri> Reachable(IEnumerable<string> uris)
    {
        foreach (string text in uris)
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttp) yield return uri;
        }
    }
}
