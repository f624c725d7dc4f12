namespace Concentrator.Kernel;

/// <summary>
/// An algorithm by the kernel's name, with its key. <see cref="IcvBits"/>: the length of the integrity check value, 0 for a mere cipher.
/// The key belongs to the spec that holds this; it is never printed.
/// </summary>
public sealed record KernelAlgorithm(string Name, byte[] Key, int IcvBits)
{
    public override string ToString() => Name;
}

/// <summary>The algorithms of one SA: an AEAD, or a cipher with an authenticator. Factories give the kernel's names (crypto/xfrm_algo.c).</summary>
public sealed record EspAlgorithms(KernelAlgorithm? Aead, KernelAlgorithm? Cipher, KernelAlgorithm? Authenticator)
{
    private const int FullIcv = 128;

    /// <param name="key">The AES key with the 4 octets of salt behind it (RFC 4106).</param>
    public static EspAlgorithms AesGcm16(byte[] key) => new(new KernelAlgorithm("rfc4106(gcm(aes))", key, FullIcv), null, null);

    /// <param name="key">32 octets of key and 4 of salt (RFC 7634).</param>
    public static EspAlgorithms ChaCha20Poly1305(byte[] key) => new(new KernelAlgorithm("rfc7539esp(chacha20,poly1305)", key, FullIcv), null, null);

    public static EspAlgorithms AesCbc(byte[] key, KernelAlgorithm authenticator) => new(null, new KernelAlgorithm("cbc(aes)", key, 0), authenticator);

    /// <summary>The truncation of RFC 4868 is told explicitly: the kernel's own default for SHA-256 is 96 bits.</summary>
    public static KernelAlgorithm HmacSha256(byte[] key) => new("hmac(sha256)", key, 128);

    public static KernelAlgorithm HmacSha384(byte[] key) => new("hmac(sha384)", key, 192);

    public static KernelAlgorithm HmacSha512(byte[] key) => new("hmac(sha512)", key, 256);

    /// <summary>Name and key size, as refusals and probes speak of it: <c>rfc4106(gcm(aes)) 160</c>, <c>cbc(aes) 256 + hmac(sha256)</c>. Never a key.</summary>
    public override string ToString() => Aead is not null
        ? $"{Aead.Name} {Aead.Key.Length * 8}"
        : $"{Cipher?.Name} {Cipher?.Key.Length * 8} + {Authenticator?.Name}";

    /// <summary>The same with keys of its own.</summary>
    internal EspAlgorithms Copy()
    {
        return new EspAlgorithms(CopyOf(Aead), CopyOf(Cipher), CopyOf(Authenticator));
        static KernelAlgorithm? CopyOf(KernelAlgorithm? algorithm) => algorithm is null ? null : algorithm with { Key = [.. algorithm.Key] };
    }

    internal void ZeroKeys()
    {
        foreach (KernelAlgorithm? algorithm in new[] { Aead, Cipher, Authenticator })
            if (algorithm is not null) System.Security.Cryptography.CryptographicOperations.ZeroMemory(algorithm.Key);
    }
}
