using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Certificates;

/// <summary>What was found out of the revocation of a trusted chain, and what that is worth under a policy (swanctl.conf <c>revocation</c>).</summary>
/// <param name="Revoked">The subject of a certificate that is revoked; null: none is known to be.</param>
/// <param name="Unreachable">The subject of one that names a server which did not say; null: none.</param>
/// <param name="Unnamed">The subject of one that names no server; null: none.</param>
internal sealed record RevocationVerdict(string? Revoked, string? Unreachable, string? Unnamed)
{
    public CertificatesJudged Judge(RevocationPolicy policy)
    {
        if (Revoked is not null) return new CertificatesJudged(false, $"certificate '{Revoked}' is revoked");
        if (Unreachable is not null && policy != RevocationPolicy.Relaxed)
            return new CertificatesJudged(false, $"whether certificate '{Unreachable}' is revoked cannot be found out: neither CRL nor OCSP to be had");
        if (Unnamed is not null && policy == RevocationPolicy.Strict)
            return new CertificatesJudged(false, $"whether certificate '{Unnamed}' is revoked cannot be found out: it names neither CRL nor OCSP");
        return new CertificatesJudged(true, Unreachable is null
            ? "its certificates are trusted"
            : $"its certificates are trusted, though neither CRL nor OCSP of '{Unreachable}' was to be had");
    }
}
