using System.Security.Cryptography;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Userspace;

/// <summary>Algorithms by the kernel's names as transforms, and the kernel's errnos for those that are none.</summary>
internal static class EspTransforms
{
    private const int Bits = 8;

    /// <summary>Null with ENOSYS (the algorithm is not known here) or EINVAL (this key or ICV is not for it), and a text in the manner of ext-ack.</summary>
    public static EspTransform? Create(EspAlgorithms algorithms, bool extended, bool encrypt, out XfrmReply refusal)
    {
        refusal = default;
        if (!LibCrypto.IsAvailable)
        {
            refusal = new XfrmReply(Errno.ENOSYS, "libcrypto 3 not found");
            return null;
        }

        return algorithms switch
        {
            { Aead: { } aead, Cipher: null, Authenticator: null } => Aead(aead, extended, encrypt, out refusal),
            { Aead: null, Cipher: { } cipher, Authenticator: { } authenticator } => CbcHmac(cipher, authenticator, extended, encrypt, out refusal),
            _ => Refuse(Errno.EINVAL, "an AEAD, or a cipher with an authenticator, is wanted", out refusal),
        };
    }

    private static EspTransform? Aead(KernelAlgorithm aead, bool extended, bool encrypt, out XfrmReply refusal)
    {
        refusal = default;
        int key = aead.Key.Length - AeadTransform.SaltSize;
        nint cipher;
        switch (aead.Name)
        {
            case "rfc4106(gcm(aes))":
                cipher = key switch { 16 => LibCrypto.EVP_aes_128_gcm(), 24 => LibCrypto.EVP_aes_192_gcm(), 32 => LibCrypto.EVP_aes_256_gcm(), _ => 0 };
                break;
            case "rfc7539esp(chacha20,poly1305)":
                cipher = key == 32 ? LibCrypto.EVP_chacha20_poly1305() : 0;
                break;
            default:
                return Refuse(Errno.ENOSYS, "Requested AEAD algorithm not found", out refusal);
        }

        // Shorter ICVs than the whole tag are no algorithm of ours.
        if (aead.IcvBits != 16 * Bits) return Refuse(Errno.ENOSYS, "Requested AEAD algorithm not found", out refusal);
        if (cipher == 0) return Refuse(Errno.EINVAL, "key size of the AEAD algorithm", out refusal);
        return AeadTransform.Create(cipher, aead.Key, extended, encrypt) ?? Refuse(Errno.EINVAL, "libcrypto does not take the key", out refusal);
    }

    private static EspTransform? CbcHmac(KernelAlgorithm cipher, KernelAlgorithm authenticator, bool extended, bool encrypt, out XfrmReply refusal)
    {
        refusal = default;
        if (cipher.Name != "cbc(aes)") return Refuse(Errno.ENOSYS, "Requested CRYPT algorithm not found", out refusal);
        nint evp = cipher.Key.Length switch { 16 => LibCrypto.EVP_aes_128_cbc(), 24 => LibCrypto.EVP_aes_192_cbc(), 32 => LibCrypto.EVP_aes_256_cbc(), _ => 0 };
        if (evp == 0) return Refuse(Errno.EINVAL, "key size of the CRYPT algorithm", out refusal);

        // RFC 4868 §2.3: half of the hash is sent.
        (HashAlgorithmName hash, int size) = authenticator.Name switch
        {
            "hmac(sha256)" => (HashAlgorithmName.SHA256, 32),
            "hmac(sha384)" => (HashAlgorithmName.SHA384, 48),
            "hmac(sha512)" => (HashAlgorithmName.SHA512, 64),
            _ => (default, 0),
        };
        if (size == 0) return Refuse(Errno.ENOSYS, "Requested AUTH algorithm not found", out refusal);
        if (authenticator.Key.Length != size || authenticator.IcvBits != size / 2 * Bits) return Refuse(Errno.EINVAL, "key or truncation of the AUTH algorithm", out refusal);
        return CbcHmacTransform.Create(evp, cipher.Key, hash, authenticator.Key, size / 2, extended, encrypt)
            ?? Refuse(Errno.EINVAL, "libcrypto does not take the key", out refusal);
    }

    private static EspTransform? Refuse(int errno, string text, out XfrmReply refusal)
    {
        refusal = new XfrmReply(errno, text);
        return null;
    }
}
