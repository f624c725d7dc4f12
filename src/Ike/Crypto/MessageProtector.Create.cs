using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

public abstract partial class MessageProtector
{
    /// <summary>A protector for one direction of an IKE SA. The caller still owns the keys it passes, and owns the result.</summary>
    /// <param name="suite">The IKE SA's algorithms.</param>
    /// <param name="encryptionKey">SK_ei or SK_er, with the salt at its end for an AEAD.</param>
    /// <param name="integrityKey">SK_ai or SK_ar; empty for an AEAD.</param>
    /// <param name="random">
    /// Where the IVs of CBC come from. Must be unpredictable outside tests.
    /// </param>
    /// <param name="incarnation">Of the session: how often it was taken over. The IVs of an AEAD begin with it.</param>
    /// <exception cref="ArgumentException">The suite is not one that protects IKE messages, or a key has the wrong length.</exception>
    public static MessageProtector Create(
        IkeSuite suite, ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> integrityKey, IRandom random, ushort incarnation = 0)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(random);
        if (AlgorithmTable.Find(suite.Encryption) is not { Provider: not null } encryption)
            throw new ArgumentException($"{suite.Encryption} does not protect IKE messages.", nameof(suite));

        // RFC 5282 §8: an AEAD takes no integrity transform; RFC 7296 §3.3.3: any other cipher must have one.
        IntegrityAlgorithm? integrity = AlgorithmTable.Find(suite.Integrity);
        if (encryption.IsAead ? suite.Integrity != IntegrityId.None : integrity is null)
            throw new ArgumentException($"{suite.Encryption} does not go with {suite.Integrity}.", nameof(suite));
        if (encryptionKey.Length != encryption.KeyingOctets(suite.KeyLength))
            throw new ArgumentException($"{encryptionKey.Length} octets are no key of {suite.Encryption}.", nameof(encryptionKey));
        if (integrityKey.Length != (integrity?.KeyOctets ?? 0))
            throw new ArgumentException($"{integrityKey.Length} octets are no key of {suite.Integrity}.", nameof(integrityKey));

        return encryption.Id switch
        {
            EncryptionId.AesGcm16 => new AesGcmProtector(encryption, encryptionKey, incarnation),
            EncryptionId.ChaCha20Poly1305 => new ChaCha20Poly1305Protector(encryption, encryptionKey, incarnation),
            EncryptionId.AesCbc => new CbcHmacProtector(encryptionKey, integrity!, integrityKey, random),
            _ => throw new ArgumentException($"{suite.Encryption} has no protector.", nameof(suite)),
        };
    }

    /// <summary>
    /// The plaintext's length once the padding and the Pad Length octet, its last, are gone. False when the padding is longer than what it
    /// pads; its contents and its amount are the sender's choice (RFC 7296 §3.14).
    /// </summary>
    private protected static bool TryRemovePadding(ReadOnlySpan<byte> padded, out int length)
    {
        length = padded.IsEmpty ? -1 : padded.Length - 1 - padded[^1];
        bool valid = length >= 0;
        length = valid ? length : 0;
        return valid;
    }
}
