using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// Where a certificate says that its revocation is found out: CRL distribution points, and OCSP responders (RFC 5280 §4.2.1.13, §4.2.2.1).
/// </summary>
internal static class RevocationServers
{
    private const string CrlDistributionPoints = "2.5.29.31";
    private const string AuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";

    public static bool AreNamedBy(X509Certificate2 certificate) => certificate.Extensions[CrlDistributionPoints] is not null || OcspUris(certificate).Any();

    /// <summary>All that HTTP reaches.</summary>
    public static IReadOnlyList<Uri> Of(X509Certificate2 certificate) => [.. Lists(certificate), .. Reachable(OcspUris(certificate))];

    /// <summary>Where whole CRLs are had over HTTP. TLS would want the revocation of the server's certificate found out.</summary>
    public static IReadOnlyList<Uri> Lists(X509Certificate2 certificate)
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
