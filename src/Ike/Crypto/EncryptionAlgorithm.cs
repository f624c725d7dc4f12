using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// One encryption transform. Lengths in octets, except <see cref="KeyLengths"/>: bits, as the Key Length attribute has them, and the single
/// value 0 for a transform whose key is fixed and whose attribute is therefore absent (RFC 7296 §3.3.5).
/// </summary>
/// <param name="Id">The transform.</param>
/// <param name="KeyLengths">The Key Length attributes that may be negotiated.</param>
/// <param name="FixedKeyOctets">The key's length where no attribute tells it, else 0.</param>
/// <param name="SaltOctets">What follows the key in the keying material (RFC 5282 §7.1, RFC 7634 §2).</param>
/// <param name="IvOctets">The explicit IV at the start of the protected body.</param>
/// <param name="IcvOctets">The AEAD's ICV; 0 for a cipher that needs an integrity transform.</param>
/// <param name="BlockOctets">What the padded plaintext is a multiple of.</param>
/// <param name="Provider">Who computes it for IKE; null when only the kernel does, for ESP.</param>
public sealed record EncryptionAlgorithm(
    EncryptionId Id,
    IReadOnlyList<ushort> KeyLengths,
    int FixedKeyOctets,
    int SaltOctets,
    int IvOctets,
    int IcvOctets,
    int BlockOctets,
    string? Provider)
{
    /// <summary>True for combined-mode ciphers, which take no integrity transform.</summary>
    public bool IsAead => IcvOctets > 0;

    /// <summary>Octets of keying material for a Key Length attribute: the key, then the salt (RFC 7296 §2.17).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The attribute is none of <see cref="KeyLengths"/>.</exception>
    public int KeyingOctets(ushort keyLength)
    {
        if (!KeyLengths.Contains(keyLength))
            throw new ArgumentOutOfRangeException(nameof(keyLength), keyLength, $"{Id} has no such key length.");

        return (keyLength == 0 ? FixedKeyOctets : keyLength / 8) + SaltOctets;
    }
}
