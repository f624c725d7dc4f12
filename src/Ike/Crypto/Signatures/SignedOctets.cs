using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// What the signature methods sign (RFC 7296 §2.15): the signer's IKE_SA_INIT message | the other side's nonce | prf(SK_p, the signer's ID payload).
/// </summary>
public static class SignedOctets
{
    /// <inheritdoc cref="PskAuthentication.Sign"/>
    public static byte[] Of(PrfId prf, ReadOnlySpan<byte> message, ReadOnlySpan<byte> peerNonce, ReadOnlySpan<byte> skP, ReadOnlySpan<byte> idBody)
    {
        byte[] octets = new byte[message.Length + peerNonce.Length + Prf.OutputLength(prf)];
        message.CopyTo(octets);
        peerNonce.CopyTo(octets.AsSpan(message.Length));
        Prf.Compute(prf, skP, idBody, octets.AsSpan(message.Length + peerNonce.Length));
        return octets;
    }
}
