using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>Proposals as IPsec people read them in logs: <c>IKE:AES_GCM_16_128/PRF_HMAC_SHA2_256/CURVE_25519</c>.</summary>
public static class ProposalText
{
    private static readonly TransformType[] Order =
    [
        TransformType.Encryption, TransformType.Integrity, TransformType.PseudorandomFunction,
        TransformType.KeyExchangeMethod, TransformType.ExtendedSequenceNumbers,
    ];

    public static string Format(Proposal proposal) => $"{Name(proposal.Protocol)}:{string.Join('/', Ordered(proposal).Select(Format))}";

    /// <summary>Proposals with a comma between them.</summary>
    public static string Format(IEnumerable<Proposal> proposals) => string.Join(", ", proposals.Select(Format));

    public static string Format(IkeSuite suite) => Format(ProposalBuilder.FromSuite(suite));

    public static string Format(EspSuite suite) => Format(ProposalBuilder.FromSuite(suite));

    public static string Format(Transform transform) => transform.Type switch
    {
        TransformType.Encryption => WithKeyLength(Encryption((EncryptionId)transform.Id), transform.KeyLength),
        TransformType.PseudorandomFunction => Prf((PrfId)transform.Id),
        TransformType.Integrity => Integrity((IntegrityId)transform.Id),
        TransformType.KeyExchangeMethod => KeyExchange((KeyExchangeMethod)transform.Id),
        TransformType.ExtendedSequenceNumbers => transform.Id switch { 0 => "NO_EXT_SEQ", 1 => "EXT_SEQ", _ => $"SN_{transform.Id}" },
        _ => $"TYPE_{(byte)transform.Type}_{transform.Id}",
    };

    private static IEnumerable<Transform> Ordered(Proposal proposal) =>
        Order.SelectMany(proposal.OfType).Concat(proposal.Transforms.Where(t => !Order.Contains(t.Type)));

    private static string Name(ProtocolId protocol) => protocol switch
    {
        ProtocolId.Ike => "IKE",
        ProtocolId.Ah => "AH",
        ProtocolId.Esp => "ESP",
        _ => $"PROTO_{(byte)protocol}",
    };

    private static string WithKeyLength(string name, ushort keyLength) => keyLength == 0 ? name : $"{name}_{keyLength}";

    private static string Encryption(EncryptionId id) => id switch
    {
        EncryptionId.AesCbc => "AES_CBC",
        EncryptionId.AesGcm8 => "AES_GCM_8",
        EncryptionId.AesGcm12 => "AES_GCM_12",
        EncryptionId.AesGcm16 => "AES_GCM_16",
        EncryptionId.ChaCha20Poly1305 => "CHACHA20_POLY1305",
        _ => $"ENCR_{(ushort)id}",
    };

    private static string Prf(PrfId id) => id switch
    {
        PrfId.HmacSha1 => "PRF_HMAC_SHA1",
        PrfId.HmacSha256 => "PRF_HMAC_SHA2_256",
        PrfId.HmacSha384 => "PRF_HMAC_SHA2_384",
        PrfId.HmacSha512 => "PRF_HMAC_SHA2_512",
        _ => $"PRF_{(ushort)id}",
    };

    private static string Integrity(IntegrityId id) => id switch
    {
        IntegrityId.None => "INTEG_NONE",
        IntegrityId.HmacSha1_96 => "HMAC_SHA1_96",
        IntegrityId.HmacSha256_128 => "HMAC_SHA2_256_128",
        IntegrityId.HmacSha384_192 => "HMAC_SHA2_384_192",
        IntegrityId.HmacSha512_256 => "HMAC_SHA2_512_256",
        _ => $"AUTH_{(ushort)id}",
    };

    private static string KeyExchange(KeyExchangeMethod method) => method switch
    {
        KeyExchangeMethod.None => "KE_NONE",
        KeyExchangeMethod.Modp2048 => "MODP_2048",
        KeyExchangeMethod.Modp3072 => "MODP_3072",
        KeyExchangeMethod.Modp4096 => "MODP_4096",
        KeyExchangeMethod.Ecp256 => "ECP_256",
        KeyExchangeMethod.Ecp384 => "ECP_384",
        KeyExchangeMethod.Curve25519 => "CURVE_25519",
        _ => $"KE_{(ushort)method}",
    };
}
