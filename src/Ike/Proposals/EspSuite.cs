using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// The algorithms of one ESP SA pair, as chosen. <see cref="KeyLength"/> in bits, 0 for fixed-key ciphers.
/// <see cref="KeyExchange"/> is <see cref="KeyExchangeMethod.None"/> where the child draws on the IKE SA's keys alone.
/// </summary>
public sealed record EspSuite(
    EncryptionId Encryption, ushort KeyLength, IntegrityId Integrity, bool ExtendedSequenceNumbers, KeyExchangeMethod KeyExchange);
