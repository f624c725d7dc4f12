using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;

namespace Concentrator.Ike.Certificates;

/// <summary>How an issuer signed: the family of its key, and the hash; null: one that is too weak, MD5 or SHA-1, because it can be made to collide.</summary>
public sealed record CertificateSignature(KeyFamily Family, bool IsPss, HashId? Hash)
{
    public bool IsWeak => Hash is null;

    /// <summary>Null: an algorithm that is not known.</summary>
    public static CertificateSignature? Of(X509Certificate2 certificate)
    {
        try
        {
            return Name(X509CertificateStructure.GetInstance(certificate.RawData).SignatureAlgorithm);
        }
        catch (Exception e) when (IsDamage(e))
        {
            return null;
        }
    }

    internal static CertificateSignature? Of(AlgorithmIdentifier algorithm)
    {
        try
        {
            return Name(algorithm);
        }
        catch (Exception e) when (IsDamage(e))
        {
            return null;
        }
    }

    /// <summary>What BouncyCastle throws for octets that are not what they should be.</summary>
    private static bool IsDamage(Exception e) => e is IOException or ArgumentException or InvalidOperationException or InvalidCastException;

    private static CertificateSignature? Name(AlgorithmIdentifier algorithm) => algorithm.Algorithm.Id switch
    {
        "1.2.840.113549.1.1.10" => new(KeyFamily.Rsa, true, HashOfPss(algorithm)),
        "1.2.840.113549.1.1.11" => new(KeyFamily.Rsa, false, HashId.Sha256),
        "1.2.840.113549.1.1.12" => new(KeyFamily.Rsa, false, HashId.Sha384),
        "1.2.840.113549.1.1.13" => new(KeyFamily.Rsa, false, HashId.Sha512),
        // MD2, MD4, MD5, SHA-1, and the old name of the last.
        "1.2.840.113549.1.1.2" or "1.2.840.113549.1.1.3" or "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.3.14.3.2.29" => new(KeyFamily.Rsa, false, null),
        "1.2.840.10045.4.1" => new(KeyFamily.Ecdsa, false, null),
        "1.2.840.10045.4.3.2" => new(KeyFamily.Ecdsa, false, HashId.Sha256),
        "1.2.840.10045.4.3.3" => new(KeyFamily.Ecdsa, false, HashId.Sha384),
        "1.2.840.10045.4.3.4" => new(KeyFamily.Ecdsa, false, HashId.Sha512),
        "1.3.101.112" => new(KeyFamily.Ed25519, false, HashId.Identity),
        _ => null,
    };

    /// <summary>RFC 4055 §3.1: without parameters it is SHA-1.</summary>
    private static HashId? HashOfPss(AlgorithmIdentifier algorithm) =>
        algorithm.Parameters is null ? null : RsassaPssParameters.GetInstance(algorithm.Parameters).HashAlgorithm.Algorithm.Id switch
        {
            "2.16.840.1.101.3.4.2.1" => HashId.Sha256,
            "2.16.840.1.101.3.4.2.2" => HashId.Sha384,
            "2.16.840.1.101.3.4.2.3" => HashId.Sha512,
            _ => null,
        };
}
