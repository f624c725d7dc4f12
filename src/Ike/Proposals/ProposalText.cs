using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>Suites as logs name them: <c>IKE:AES_GCM_16_128/PRF_HMAC_SHA2_256/CURVE_25519</c>.</summary>
public static class ProposalText
{
    public static string Of(IkeSuite suite) => "IKE:" + string.Join('/', new[]
    {
        NameOf(suite.Encryption, suite.KeyLength),
        NameOf(suite.Integrity),
        NameOf(suite.Prf),
        NameOf(suite.KeyExchange),
    }.OfType<string>());

    public static string Of(EspSuite suite) => "ESP:" + string.Join('/', new[]
    {
        NameOf(suite.Encryption, suite.KeyLength),
        NameOf(suite.Integrity),
        NameOf(suite.KeyExchange),
        suite.ExtendedSequenceNumbers ? "EXT_SEQ" : "NO_EXT_SEQ",
    }.OfType<string>());

    /// <summary>A whole proposal: the transforms of a type with plus signs between, the types with slashes.</summary>
    public static string Of(Proposal proposal) => $"{proposal.Protocol.ToString().ToUpperInvariant()}:" + string.Join('/', proposal.Transforms
        .GroupBy(t => t.Type)
        .Select(type => string.Join('+', type.Select(NameOf).OfType<string>()))
        .Where(names => names.Length > 0));

    private static string? NameOf(Transform transform) => transform.Type switch
    {
        TransformType.Encryption => NameOf((EncryptionId)transform.Id, transform.KeyLength),
        TransformType.PseudorandomFunction => NameOf((PrfId)transform.Id),
        TransformType.Integrity => NameOf((IntegrityId)transform.Id),
        TransformType.KeyExchangeMethod => NameOf((KeyExchangeMethod)transform.Id),
        TransformType.ExtendedSequenceNumbers => transform.Id == 1 ? "EXT_SEQ" : "NO_EXT_SEQ",
        _ => $"{(byte)transform.Type}_{transform.Id}",
    };

    private static string NameOf(EncryptionId id, ushort keyLength) => id switch
    {
        EncryptionId.AesCbc => $"AES_CBC_{keyLength}",
        EncryptionId.AesGcm16 => $"AES_GCM_16_{keyLength}",
        EncryptionId.ChaCha20Poly1305 => "CHACHA20_POLY1305_256",
        _ => $"ENCR_{(ushort)id}_{keyLength}",
    };

    private static string? NameOf(IntegrityId id) => id switch
    {
        IntegrityId.None => null,
        IntegrityId.HmacSha256_128 => "HMAC_SHA2_256_128",
        IntegrityId.HmacSha384_192 => "HMAC_SHA2_384_192",
        IntegrityId.HmacSha512_256 => "HMAC_SHA2_512_256",
        _ => $"INTEG_{(ushort)id}",
    };

    private static string NameOf(PrfId id) => id switch
    {
        PrfId.HmacSha256 => "PRF_HMAC_SHA2_256",
        PrfId.HmacSha384 => "PRF_HMAC_SHA2_384",
        PrfId.HmacSha512 => "PRF_HMAC_SHA2_512",
        _ => $"PRF_{(ushort)id}",
    };

    private static string? NameOf(KeyExchangeMethod method) => method switch
    {
        KeyExchangeMethod.None => null,
        KeyExchangeMethod.Curve25519 => "CURVE_25519",
        KeyExchangeMethod.Ecp256 => "ECP_256",
        KeyExchangeMethod.Ecp384 => "ECP_384",
        KeyExchangeMethod.Modp2048 => "MODP_2048",
        KeyExchangeMethod.Modp3072 => "MODP_3072",
        KeyExchangeMethod.Modp4096 => "MODP_4096",
        _ => $"KE_{(ushort)method}",
    };
}
