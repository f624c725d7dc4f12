using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// One transform of a proposal (RFC 7296 §3.3.2). <see cref="KeyLength"/> is the Key Length attribute in bits, 0 where absent.
/// <see cref="HasUnknownAttribute"/>: an attribute other than Key Length was present, so this transform cannot be chosen (§3.3.6).
/// </summary>
public sealed record Transform(TransformType Type, ushort Id, ushort KeyLength = 0, bool HasUnknownAttribute = false)
{
    /// <summary>A cipher that protects integrity by itself: its proposal has no integrity algorithm but NONE (RFC 5282 §8).</summary>
    public bool IsAead => Type == TransformType.Encryption && (EncryptionId)Id
        is EncryptionId.AesGcm8 or EncryptionId.AesGcm12 or EncryptionId.AesGcm16 or EncryptionId.ChaCha20Poly1305;

    /// <summary>Id 0 of every type that has one: no integrity algorithm, no key exchange, no extended sequence numbers.</summary>
    public bool IsNone => Id == 0;

    public static Transform Of(EncryptionId id, ushort keyLength) => new(TransformType.Encryption, (ushort)id, keyLength);

    public static Transform Of(PrfId id) => new(TransformType.PseudorandomFunction, (ushort)id);

    public static Transform Of(IntegrityId id) => new(TransformType.Integrity, (ushort)id);

    public static Transform Of(KeyExchangeMethod method) => new(TransformType.KeyExchangeMethod, (ushort)method);

    public static Transform Esn(bool extended) => new(TransformType.ExtendedSequenceNumbers, extended ? (ushort)1 : (ushort)0);

    public override string ToString() => ProposalText.Format(this);
}
