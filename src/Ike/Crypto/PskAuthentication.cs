using System.Security.Cryptography;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// AUTH data of the shared key method (RFC 7296 §2.15): prf(prf(shared key, "Key Pad for IKEv2"), signed octets), where the signed octets
/// are the signer's IKE_SA_INIT message | the other side's nonce | prf(SK_p, the signer's ID payload). An EAP method's MSK is a shared
/// key too (§2.16). Thread-safe.
/// </summary>
public static class PskAuthentication
{
    // 17 ASCII octets, no terminator.
    private static ReadOnlySpan<byte> KeyPad => "Key Pad for IKEv2"u8;

    /// <summary>The AUTH payload's data, of the PRF's output length.</summary>
    /// <param name="prf">The IKE SA's PRF.</param>
    /// <param name="sharedKey">Not empty.</param>
    /// <param name="message">The signer's own IKE_SA_INIT message in its last version, from the SPIi on, without a non-ESP marker.</param>
    /// <param name="peerNonce">Nr when the initiator signs, Ni when the responder does.</param>
    /// <param name="skP">SK_pi when the initiator signs, SK_pr when the responder does.</param>
    /// <param name="idBody">The signer's ID payload without its generic header, RESERVED octets as they are on the wire.</param>
    /// <exception cref="ArgumentException">The shared key is empty: such a key would let anyone in.</exception>
    public static byte[] Sign(
        PrfId prf,
        ReadOnlySpan<byte> sharedKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> peerNonce,
        ReadOnlySpan<byte> skP,
        ReadOnlySpan<byte> idBody)
    {
        if (sharedKey.IsEmpty)
            throw new ArgumentException("The shared key is empty.", nameof(sharedKey));

        int length = Prf.OutputLength(prf);
        Span<byte> macedId = stackalloc byte[length];
        Span<byte> key = stackalloc byte[length];
        byte[] authentication = new byte[length];
        Prf.Compute(prf, skP, idBody, macedId);
        Prf.Compute(prf, sharedKey, KeyPad, key);
        Prf.Compute(prf, key, message, peerNonce, macedId, authentication);
        CryptographicOperations.ZeroMemory(key);
        return authentication;
    }

    /// <summary>
    /// True when <paramref name="authentication"/> is what the peer must have sent; compared in constant time. Always false for an empty key.
    /// </summary>
    /// <inheritdoc cref="Sign"/>
    public static bool Verify(
        PrfId prf,
        ReadOnlySpan<byte> sharedKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> peerNonce,
        ReadOnlySpan<byte> skP,
        ReadOnlySpan<byte> idBody,
        ReadOnlySpan<byte> authentication) =>
        !sharedKey.IsEmpty
        && CryptographicOperations.FixedTimeEquals(Sign(prf, sharedKey, message, peerNonce, skP, idBody), authentication);
}
