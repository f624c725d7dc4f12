using System.Security.Cryptography;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>Every way of signing AUTH there is here, and which of them a key prefers. SHA-1 is not among them (RFC 8247 §3.2).</summary>
internal static class SignatureSchemes
{
    private static readonly HashId[] Hashes = [HashId.Sha256, HashId.Sha384, HashId.Sha512];

    public static IReadOnlyList<SignatureScheme> Pss { get; } = [.. Hashes.Select(h => Rsa("RSA-PSS", h, RSASignaturePadding.Pss))];

    public static IReadOnlyList<SignatureScheme> Pkcs1 { get; } = [.. Hashes.Select(h => Rsa("RSA PKCS#1", h, RSASignaturePadding.Pkcs1))];

    public static IReadOnlyList<SignatureScheme> EcdsaDer { get; } =
        [.. Hashes.Select(h => new SignatureScheme($"ECDSA with {NameOf(h)}", h, null, DSASignatureFormat.Rfc3279DerSequence))];

    /// <summary>RFC 4754 §3: methods 9, 10 and 11, in this order.</summary>
    public static IReadOnlyList<SignatureScheme> EcdsaFixed { get; } =
        [.. Hashes.Select(h => new SignatureScheme($"ECDSA with {NameOf(h)}", h, null, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))];

    public static SignatureScheme Ed25519 { get; } = new("Ed25519", HashId.Identity, null, null);

    /// <summary>What method 1 was made for, known only to say by name what is refused.</summary>
    public static SignatureScheme Pkcs1WithSha1 { get; } = Rsa("RSA PKCS#1", HashId.Sha1, RSASignaturePadding.Pkcs1);

    /// <summary>
    /// For the Digital Signature method, the best first. RFC 8247 §3.2: of RSA, PSS. RFC 7427 §5: the hash is not weaker than the curve.
    /// </summary>
    public static IEnumerable<SignatureScheme> PreferredBy(SignatureKeyKind kind) => kind switch
    {
        SignatureKeyKind.Rsa => Pss,
        SignatureKeyKind.EcdsaP256 => EcdsaDer,
        SignatureKeyKind.EcdsaP384 => EcdsaDer.Skip(1),
        SignatureKeyKind.EcdsaP521 => EcdsaDer.Skip(2),
        _ => [Ed25519],
    };

    private static SignatureScheme Rsa(string name, HashId hash, RSASignaturePadding padding) => new($"{name} with {NameOf(hash)}", hash, padding, null);

    private static string NameOf(HashId hash) => hash switch
    {
        HashId.Sha256 => "SHA-256",
        HashId.Sha384 => "SHA-384",
        HashId.Sha512 => "SHA-512",
        _ => "SHA-1",
    };
}
