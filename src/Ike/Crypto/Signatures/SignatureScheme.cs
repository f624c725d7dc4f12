using System.Security.Cryptography;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>How a key of one kind signs: the hash, the padding of RSA, the encoding of ECDSA.</summary>
/// <param name="Name">For logs.</param>
/// <param name="Hash">The hash that the verifier must have announced (RFC 7427 §4).</param>
/// <param name="Padding">RSA alone.</param>
/// <param name="Format">ECDSA alone: DER under RFC 7427, r | s of fixed width under RFC 4754.</param>
internal sealed record SignatureScheme(string Name, HashId Hash, RSASignaturePadding? Padding, DSASignatureFormat? Format)
{
    public bool IsPss => Padding == RSASignaturePadding.Pss;

    public HashAlgorithmName HashName => Hash switch
    {
        HashId.Sha1 => HashAlgorithmName.SHA1,
        HashId.Sha256 => HashAlgorithmName.SHA256,
        HashId.Sha384 => HashAlgorithmName.SHA384,
        HashId.Sha512 => HashAlgorithmName.SHA512,
        _ => throw new InvalidOperationException($"{Name} has no hash of its own."),
    };

    public bool IsFor(SignatureKeyKind kind) => kind switch
    {
        SignatureKeyKind.Rsa => Padding is not null,
        SignatureKeyKind.Ed25519 => Padding is null && Format is null,
        _ => Format is not null,
    };
}
