using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// Which algorithms may be proposed and chosen for an IKE SA, and which key exchanges for any SA. What ESP may use is the kernel's to
/// say. Immutable.
/// </summary>
public sealed class AlgorithmSet
{
    internal AlgorithmSet(
        IEnumerable<(EncryptionId Id, ushort KeyLength)> encryption,
        IEnumerable<IntegrityId> integrity,
        IEnumerable<PrfId> prf,
        IEnumerable<KeyExchangeMethod> keyExchange)
    {
        Encryption = encryption.ToHashSet();
        Integrity = integrity.ToHashSet();
        Prf = prf.ToHashSet();
        KeyExchange = keyExchange.ToHashSet();
    }

    /// <summary>Ciphers with their Key Length attribute (bits; 0 where absent).</summary>
    public IReadOnlySet<(EncryptionId Id, ushort KeyLength)> Encryption { get; }

    public IReadOnlySet<IntegrityId> Integrity { get; }

    public IReadOnlySet<PrfId> Prf { get; }

    public IReadOnlySet<KeyExchangeMethod> KeyExchange { get; }

    /// <summary>True when this transform of an IKE proposal may be used. The integrity transform NONE may, beside an AEAD.</summary>
    public bool Contains(Transform transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        return transform.Type switch
        {
            TransformType.Encryption => Encryption.Contains(((EncryptionId)transform.Id, transform.KeyLength)),
            TransformType.PseudorandomFunction => Prf.Contains((PrfId)transform.Id),
            TransformType.Integrity => transform.Id == (ushort)IntegrityId.None || Integrity.Contains((IntegrityId)transform.Id),
            TransformType.KeyExchangeMethod => KeyExchange.Contains((KeyExchangeMethod)transform.Id),
            _ => false,
        };
    }
}
