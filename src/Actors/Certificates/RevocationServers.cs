using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// Whether a certificate says where its revocation is found out: a CRL distribution point, or an OCSP responder (RFC 5280 §4.2.1.13, §4.2.2.1).
/// </summary>
internal static class RevocationServers
{
    private const string CrlDistributionPoints = "2.5.29.31";
    private const string AuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";

    public static bool AreNamedBy(X509Certificate2 certificate) =>
        certificate.Extensions[CrlDistributionPoints] is not null
        || (certificate.Extensions[AuthorityInformationAccess] is X509AuthorityInformationAccessExtension access && access.EnumerateOcspUris().Any());
}
