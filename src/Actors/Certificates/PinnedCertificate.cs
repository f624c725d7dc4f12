using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Certificates;

/// <summary>A certificate that the configuration names itself: trusted whoever issued it, within its dates.</summary>
internal static class PinnedCertificate
{
    public static CertificatesJudged Judge(X509Certificate2 certificate, DateTimeOffset now) =>
        Validity.Fault(certificate, now) is { } fault ? new CertificatesJudged(false, fault) : new CertificatesJudged(true, "its certificate is configured");
}

internal static class Validity
{
    /// <summary>Null: <paramref name="now"/> is within the dates of the certificate.</summary>
    public static string? Fault(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (now < certificate.NotBefore) return $"certificate '{Names.Subject(certificate)}' is not valid until {Text(certificate.NotBefore)}";
        return now > certificate.NotAfter ? $"certificate '{Names.Subject(certificate)}' expired on {Text(certificate.NotAfter)}" : null;
    }

    private static string Text(DateTime local) => local.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
