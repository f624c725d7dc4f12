using System.Collections.Frozen;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>The words proposal strings are made of, as swanctl.conf writes them. One table: the parser and the reference read it.</summary>
public static class AlgorithmKeywords
{
    /// <summary>Words strongSwan knows and this program does not: named as such, so that nobody hunts for a typing error.</summary>
    private static readonly string[] Unsupported =
    [
        "null", "des", "3des", "cast128", "blowfish", "blowfish128", "blowfish192", "blowfish256",
        "aes128ctr", "aes192ctr", "aes256ctr", "aes128gcm8", "aes192gcm8", "aes256gcm8", "aes128gcm64", "aes192gcm64", "aes256gcm64",
        "aes128gcm12", "aes192gcm12", "aes256gcm12", "aes128gcm96", "aes192gcm96", "aes256gcm96",
        "aes128ccm8", "aes192ccm8", "aes256ccm8", "aes128ccm64", "aes192ccm64", "aes256ccm64",
        "aes128ccm12", "aes192ccm12", "aes256ccm12", "aes128ccm96", "aes192ccm96", "aes256ccm96",
        "aes128ccm16", "aes192ccm16", "aes256ccm16", "aes128ccm128", "aes192ccm128", "aes256ccm128",
        "aes128gmac", "aes192gmac", "aes256gmac", "camellia", "camellia128", "camellia192", "camellia256",
        "camellia128ctr", "camellia192ctr", "camellia256ctr", "serpent128", "serpent192", "serpent256",
        "twofish128", "twofish192", "twofish256", "chacha20poly1305compat",
        "md5", "md5_128", "sha", "sha1", "sha1_160", "sha256_96", "sha2_256_96", "aesxcbc", "aescmac", "camelliaxcbc",
        "prfmd5", "prfsha1", "prfaesxcbc", "prfaescmac", "prfcamelliaxcbc",
        "modpnull", "modp768", "modp1024", "modp1536", "modp6144", "modp8192", "modp1024s160", "modp2048s224", "modp2048s256",
        "ecp192", "ecp224", "ecp521", "ecp224bp", "ecp256bp", "ecp384bp", "ecp512bp", "curve448", "x448",
        "ntru112", "ntru128", "ntru192", "ntru256", "newhope128", "mlkem512", "mlkem768", "mlkem1024",
    ];

    private static readonly FrozenDictionary<string, AlgorithmKeyword> ByName =
        Supported().Concat(Unsupported.Select(name => new AlgorithmKeyword(name, new Transform(0, 0), IsSupported: false)))
            .ToFrozenDictionary(keyword => keyword.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every word that means something here, in no particular order; aliases are entries of their own.</summary>
    public static IEnumerable<AlgorithmKeyword> All => ByName.Values.Where(keyword => keyword.IsSupported);

    /// <summary>Null when nobody knows the word.</summary>
    public static AlgorithmKeyword? Find(string name) => ByName.GetValueOrDefault(name);

    private static IEnumerable<AlgorithmKeyword> Supported() =>
    [
        Encryption("aes", EncryptionId.AesCbc, 128),
        Encryption("aes128", EncryptionId.AesCbc, 128),
        Encryption("aes192", EncryptionId.AesCbc, 192),
        Encryption("aes256", EncryptionId.AesCbc, 256),
        Encryption("aes128gcm16", EncryptionId.AesGcm16, 128),
        Encryption("aes192gcm16", EncryptionId.AesGcm16, 192),
        Encryption("aes256gcm16", EncryptionId.AesGcm16, 256),
        Encryption("aes128gcm128", EncryptionId.AesGcm16, 128),
        Encryption("aes192gcm128", EncryptionId.AesGcm16, 192),
        Encryption("aes256gcm128", EncryptionId.AesGcm16, 256),
        Encryption("chacha20poly1305", EncryptionId.ChaCha20Poly1305, 0),
        Integrity("sha256", IntegrityId.HmacSha256_128),
        Integrity("sha2_256", IntegrityId.HmacSha256_128),
        Integrity("sha384", IntegrityId.HmacSha384_192),
        Integrity("sha2_384", IntegrityId.HmacSha384_192),
        Integrity("sha512", IntegrityId.HmacSha512_256),
        Integrity("sha2_512", IntegrityId.HmacSha512_256),
        new("prfsha256", Transform.Of(PrfId.HmacSha256)),
        new("prfsha384", Transform.Of(PrfId.HmacSha384)),
        new("prfsha512", Transform.Of(PrfId.HmacSha512)),
        KeyExchange("x25519", KeyExchangeMethod.Curve25519),
        KeyExchange("curve25519", KeyExchangeMethod.Curve25519),
        KeyExchange("ecp256", KeyExchangeMethod.Ecp256),
        KeyExchange("ecp384", KeyExchangeMethod.Ecp384),
        KeyExchange("modp2048", KeyExchangeMethod.Modp2048),
        KeyExchange("modp3072", KeyExchangeMethod.Modp3072),
        KeyExchange("modp4096", KeyExchangeMethod.Modp4096),
        KeyExchange("modpnone", KeyExchangeMethod.None),
        new("esn", Transform.Esn(true)),
        new("noesn", Transform.Esn(false)),
    ];

    private static AlgorithmKeyword Encryption(string name, EncryptionId id, ushort keyLength) => new(name, Transform.Of(id, keyLength));

    private static AlgorithmKeyword Integrity(string name, IntegrityId id) => new(name, Transform.Of(id));

    private static AlgorithmKeyword KeyExchange(string name, KeyExchangeMethod method) => new(name, Transform.Of(method));
}
