namespace Concentrator.Ike.Registries;

/// <summary>Algorithms by the names that logs and control interfaces of IKE daemons use. An id that is not known is a number behind its kind.</summary>
public static class AlgorithmNames
{
    /// <summary>Without its key length.</summary>
    public static string DisplayName(this EncryptionId id) => id switch
    {
        EncryptionId.AesCbc => "AES_CBC",
        EncryptionId.AesGcm8 => "AES_GCM_8",
        EncryptionId.AesGcm12 => "AES_GCM_12",
        EncryptionId.AesGcm16 => "AES_GCM_16",
        EncryptionId.ChaCha20Poly1305 => "CHACHA20_POLY1305",
        _ => $"ENCR_{(ushort)id}",
    };

    public static string DisplayName(this IntegrityId id) => id switch
    {
        IntegrityId.HmacSha1_96 => "HMAC_SHA1_96",
        IntegrityId.HmacSha256_128 => "HMAC_SHA2_256_128",
        IntegrityId.HmacSha384_192 => "HMAC_SHA2_384_192",
        IntegrityId.HmacSha512_256 => "HMAC_SHA2_512_256",
        _ => $"INTEG_{(ushort)id}",
    };

    public static string DisplayName(this PrfId id) => id switch
    {
        PrfId.HmacSha1 => "PRF_HMAC_SHA1",
        PrfId.HmacSha256 => "PRF_HMAC_SHA2_256",
        PrfId.HmacSha384 => "PRF_HMAC_SHA2_384",
        PrfId.HmacSha512 => "PRF_HMAC_SHA2_512",
        _ => $"PRF_{(ushort)id}",
    };

    public static string DisplayName(this KeyExchangeMethod method) => method switch
    {
        KeyExchangeMethod.Curve25519 => "CURVE_25519",
        KeyExchangeMethod.Ecp256 => "ECP_256",
        KeyExchangeMethod.Ecp384 => "ECP_384",
        KeyExchangeMethod.Modp2048 => "MODP_2048",
        KeyExchangeMethod.Modp3072 => "MODP_3072",
        KeyExchangeMethod.Modp4096 => "MODP_4096",
        _ => $"KE_{(ushort)method}",
    };
}
