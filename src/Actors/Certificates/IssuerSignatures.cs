using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Certificates;

/// <summary>How strong the signatures below an anchor are; an anchor is trusted whatever its own signature.</summary>
internal static class IssuerSignatures
{
    /// <param name="path">The end entity first, the anchor last.</param>
    /// <param name="allowed">By the configuration.</param>
    public static string? Fault(IReadOnlyList<X509Certificate2> path, SignatureConstraints allowed)
    {
        for (int i = 0; i < path.Count - 1; i++)
        {
            CertificateSignature? signature = CertificateSignature.Of(path[i]);
            // What is signed with a hash that collides may have been signed for another.
            if (signature is { IsWeak: true }) return $"certificate '{Names.Subject(path[i])}' is signed with a hash that is too weak, MD5 or SHA-1";
            int bits = BitsOf(path[i + 1]);
            bool isAllowed = !allowed.ConstrainCertificates
                || (signature is not null && allowed.AllowCertificate(signature.Family, bits, signature.IsPss, signature.Hash));
            if (!isAllowed) return $"the issuer's signature of certificate '{Names.Subject(path[i])}', by a key of {bits} bits, is not allowed by '{allowed}'";
        }

        return null;
    }

    private static int BitsOf(X509Certificate2 issuer)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)issuer.GetRSAPublicKey() ?? issuer.GetECDsaPublicKey();
        return key?.KeySize ?? 256;
    }
}
