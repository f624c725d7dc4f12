using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// AUTH data of the signature methods over <see cref="SignedOctets"/>: Digital Signature (14, RFC 7427 §3), RSA (1, RFC 7296 §3.8) and ECDSA (9 to 11,
/// RFC 4754). Thread-safe.
/// </summary>
public static class SignatureAuthentication
{
    /// <summary>This key has a signature that a peer who announced these hashes verifies, and that the configuration allows.</summary>
    public static bool CanSign(SigningKey key, IReadOnlyList<HashId> announced, SignatureConstraints allowed) =>
        SchemeFor(key, announced, allowed) is not null || OldSchemeFor(key, allowed) is not null;

    /// <summary>Signs with the best that key and peer have in common; null when that is nothing.</summary>
    /// <param name="key">Ours.</param>
    /// <param name="announced">The hashes of the peer's SIGNATURE_HASH_ALGORITHMS; empty without one.</param>
    /// <param name="octets">What is signed.</param>
    /// <param name="allowed">Null: anything.</param>
    public static SignedAuth? Sign(SigningKey key, IReadOnlyList<HashId> announced, ReadOnlySpan<byte> octets, SignatureConstraints? allowed = null)
    {
        allowed ??= SignatureConstraints.None;
        if (SchemeFor(key, announced, allowed) is { } scheme)
        {
            ReadOnlySpan<byte> identifier = AlgorithmIdentifiers.Of(scheme);
            byte[] data = [(byte)identifier.Length, .. identifier, .. key.Sign(scheme, octets)];
            return new SignedAuth(AuthMethod.DigitalSignature, data, scheme.Name);
        }

        return OldSchemeFor(key, allowed) is { } old ? new SignedAuth(MethodOf(key.Kind)!.Value, key.Sign(old, octets), old.Name) : null;
    }

    /// <summary>Checks the peer's AUTH with the key of its certificate.</summary>
    /// <param name="certificate">The peer's end entity certificate; whether it is to be trusted is not asked here.</param>
    /// <param name="method">The method of its AUTH payload.</param>
    /// <param name="data">The data of its AUTH payload.</param>
    /// <param name="octets">What it must have signed.</param>
    /// <param name="allowed">Null: anything.</param>
    public static SignatureVerdict Verify(
        X509Certificate2 certificate, AuthMethod method, ReadOnlySpan<byte> data, ReadOnlySpan<byte> octets, SignatureConstraints? allowed = null)
    {
        allowed ??= SignatureConstraints.None;
        using VerifyingKey? key = VerifyingKey.Of(certificate);
        if (key is null) return SignatureVerdict.Bad("the key of its certificate is of a kind that cannot sign");
        if (method == AuthMethod.DigitalSignature) return VerifyIdentified(key, data, octets, allowed);
        IReadOnlyList<SignatureScheme> schemes = SchemesOf(method);
        if (schemes.Count == 0) return SignatureVerdict.Bad($"authentication method {(byte)method} is no signature that we verify");
        if (MethodOf(key.Kind) != method) return SignatureVerdict.Bad($"authentication method {(byte)method} is not for a key of kind {key.Kind}");
        foreach (SignatureScheme scheme in schemes)
        {
            if (key.Verify(scheme, octets, data)) return Admit(key, scheme, allowed);
        }

        return SignatureVerdict.Bad(key.Verify(SignatureSchemes.Pkcs1WithSha1, octets, data)
            ? "RSA PKCS#1 with SHA-1 is too weak; it has to sign as RFC 7427 says, or with another hash"
            : "the signature is wrong");
    }

    /// <summary>RFC 7427 §4: only with a hash that the peer announced.</summary>
    private static SignatureScheme? SchemeFor(SigningKey key, IReadOnlyList<HashId> announced, SignatureConstraints allowed)
    {
        IEnumerable<SignatureScheme> preferred = key.Kind == SignatureKeyKind.Rsa && allowed.PreferPkcs1 ? SignatureSchemes.Pkcs1 : SignatureSchemes.PreferredBy(key.Kind);
        return preferred.FirstOrDefault(s => announced.Contains(s.Hash) && Allows(allowed, key.Kind, key.Bits, s));
    }

    private static SignatureScheme? OldSchemeFor(SigningKey key, SignatureConstraints allowed) =>
        MethodOf(key.Kind) is { } method ? SchemesOf(method).FirstOrDefault(s => Allows(allowed, key.Kind, key.Bits, s)) : null;

    private static bool Allows(SignatureConstraints allowed, SignatureKeyKind kind, int bits, SignatureScheme scheme) =>
        allowed.Allow(kind.Family(), bits, scheme.IsPss, scheme.Hash);

    private static SignatureVerdict Admit(VerifyingKey key, SignatureScheme scheme, SignatureConstraints allowed) => Allows(allowed, key.Kind, key.Bits, scheme)
        ? SignatureVerdict.Good(scheme.Name)
        : SignatureVerdict.Bad($"{scheme.Name} by a key of {key.Bits} bits is not allowed by '{allowed}'");

    // | length octet | AlgorithmIdentifier | signature
    private static SignatureVerdict VerifyIdentified(VerifyingKey key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> octets, SignatureConstraints allowed)
    {
        if (data.IsEmpty || data.Length - 1 < data[0]) return SignatureVerdict.Bad("the signature data is truncated");
        int length = data[0];
        if (AlgorithmIdentifiers.Find(data.Slice(1, length)) is not { } scheme)
            return SignatureVerdict.Bad($"the signature algorithm {Convert.ToHexStringLower(data.Slice(1, length))} is not supported");
        if (!scheme.IsFor(key.Kind)) return SignatureVerdict.Bad($"{scheme.Name} is not for a key of kind {key.Kind}");
        return key.Verify(scheme, octets, data[(1 + length)..]) ? Admit(key, scheme, allowed) : SignatureVerdict.Bad("the signature is wrong");
    }

    private static AuthMethod? MethodOf(SignatureKeyKind kind) => kind switch
    {
        SignatureKeyKind.Rsa => AuthMethod.RsaDigitalSignature,
        SignatureKeyKind.EcdsaP256 => AuthMethod.EcdsaP256,
        SignatureKeyKind.EcdsaP384 => AuthMethod.EcdsaP384,
        SignatureKeyKind.EcdsaP521 => AuthMethod.EcdsaP521,
        _ => null,
    };

    /// <summary>RFC 7296 §3.8: method 1 leaves the hash to the DigestInfo of PKCS#1; SHA-1, its old default, is refused (RFC 8247 §3.2).</summary>
    private static IReadOnlyList<SignatureScheme> SchemesOf(AuthMethod method) => method switch
    {
        AuthMethod.RsaDigitalSignature => SignatureSchemes.Pkcs1,
        AuthMethod.EcdsaP256 => [SignatureSchemes.EcdsaFixed[0]],
        AuthMethod.EcdsaP384 => [SignatureSchemes.EcdsaFixed[1]],
        AuthMethod.EcdsaP521 => [SignatureSchemes.EcdsaFixed[2]],
        _ => [],
    };
}

/// <summary>An AUTH payload's method and data, and the scheme's name for logs.</summary>
public sealed record SignedAuth(AuthMethod Method, byte[] Data, string Scheme);

/// <summary>What a signature is worth: good with the scheme that <see cref="Text"/> names, or bad for the reason it gives.</summary>
public sealed record SignatureVerdict
{
    private SignatureVerdict(bool isGood, string text) => (IsGood, Text) = (isGood, text);

    public bool IsGood { get; }

    public string Text { get; }

    public static SignatureVerdict Good(string scheme) => new(true, scheme);

    public static SignatureVerdict Bad(string reason) => new(false, reason);
}
