using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// The algorithms of one IKE SA, as chosen: one of each kind. <see cref="KeyLength"/> in bits, 0 for fixed-key ciphers.
/// <see cref="Integrity"/> is <see cref="IntegrityId.None"/> with an AEAD cipher.
/// </summary>
public sealed record IkeSuite(EncryptionId Encryption, ushort KeyLength, IntegrityId Integrity, PrfId Prf, KeyExchangeMethod KeyExchange);
