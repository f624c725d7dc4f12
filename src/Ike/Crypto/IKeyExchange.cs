using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>One side of one key exchange: a private value used once, wiped on dispose.</summary>
public interface IKeyExchange : IDisposable
{
    KeyExchangeMethod Method { get; }

    /// <summary>This side's public value as the KE payload carries it: fixed length per method (RFC 7296 §3.4, RFC 5903, RFC 8031).</summary>
    ReadOnlyMemory<byte> PublicValue { get; }

    /// <summary>For who goes on with the exchange elsewhere, with <see cref="KeyExchanges.Import"/>. This side's own, wiped with it.</summary>
    Secret PrivateValue { get; }

    /// <summary>
    /// The shared secret g^ir, left-padded to its fixed length; null when the peer's value is not one that may be computed on
    /// (RFC 6989: length, range, point on the curve, all-zero result). The caller owns the result.
    /// </summary>
    Secret? Agree(ReadOnlySpan<byte> peerPublicValue);
}
