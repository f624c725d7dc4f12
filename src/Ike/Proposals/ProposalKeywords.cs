using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>The words of proposal strings, as swanctl.conf has them, and what each stands for.</summary>
internal static class ProposalKeywords
{
    public static IReadOnlyDictionary<string, Transform> All { get; } = Build();

    /// <summary>Whether strongSwan knows the word and this program has no such algorithm: then nobody has mistyped anything.</summary>
    public static bool IsUnsupported(string word) => Unsupported.Contains(word) || UnsupportedStems.Any(s => word.StartsWith(s, StringComparison.Ordinal));

    private static readonly HashSet<string> Unsupported =
    [
        "null", "des", "3des", "cast128", "chacha20poly1305compat", "md5", "md5_128", "sha", "sha1", "sha1_160", "sha256_96", "sha2_256_96",
        "aesxcbc", "aescmac", "camelliaxcbc", "prfmd5", "prfsha1", "prfaesxcbc", "prfaescmac", "prfcamelliaxcbc",
        "aes128ctr", "aes192ctr", "aes256ctr", "aes128gmac", "aes192gmac", "aes256gmac",
        "aes128gcm8", "aes128gcm64", "aes128gcm12", "aes128gcm96", "aes192gcm8", "aes192gcm64", "aes192gcm12", "aes192gcm96",
        "aes256gcm8", "aes256gcm64", "aes256gcm12", "aes256gcm96",
        "modpnull", "modp768", "modp1024", "modp1536", "modp6144", "modp8192", "modp1024s160", "modp2048s224", "modp2048s256",
        "ecp192", "ecp224", "ecp521", "ecp224bp", "ecp256bp", "ecp384bp", "ecp512bp", "curve448", "x448",
    ];

    private static readonly string[] UnsupportedStems =
    [
        "blowfish", "camellia", "serpent", "twofish", "aes128ccm", "aes192ccm", "aes256ccm", "mlkem", "ntru", "newhope",
        "ke1_", "ke2_", "ke3_", "ke4_", "ke5_", "ke6_", "ke7_",
    ];

    private static Dictionary<string, Transform> Build()
    {
        Dictionary<string, Transform> words = new(StringComparer.Ordinal);
        foreach (ushort bits in new ushort[] { 128, 192, 256 })
        {
            Transform cbc = new(TransformType.Encryption, (ushort)EncryptionId.AesCbc, bits);
            Transform gcm = new(TransformType.Encryption, (ushort)EncryptionId.AesGcm16, bits);
            words[$"aes{bits}"] = cbc;
            words[$"aes{bits}gcm16"] = gcm;
            words[$"aes{bits}gcm128"] = gcm;
        }

        words["aes"] = words["aes128"];
        words["chacha20poly1305"] = new(TransformType.Encryption, (ushort)EncryptionId.ChaCha20Poly1305);
        AddHash(words, "256", IntegrityId.HmacSha256_128, PrfId.HmacSha256);
        AddHash(words, "384", IntegrityId.HmacSha384_192, PrfId.HmacSha384);
        AddHash(words, "512", IntegrityId.HmacSha512_256, PrfId.HmacSha512);
        Add(words, TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Curve25519, "x25519", "curve25519");
        Add(words, TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Ecp256, "ecp256");
        Add(words, TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Ecp384, "ecp384");
        Add(words, TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Modp2048, "modp2048");
        Add(words, TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Modp3072, "modp3072");
        Add(words, TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Modp4096, "modp4096");
        Add(words, TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.None, "modpnone");
        Add(words, TransformType.ExtendedSequenceNumbers, 0, "noesn");
        Add(words, TransformType.ExtendedSequenceNumbers, 1, "esn");
        return words;
    }

    private static void AddHash(Dictionary<string, Transform> words, string bits, IntegrityId integrity, PrfId prf)
    {
        Add(words, TransformType.Integrity, (ushort)integrity, $"sha{bits}", $"sha2_{bits}");
        Add(words, TransformType.PseudorandomFunction, (ushort)prf, $"prfsha{bits}", $"prfsha2_{bits}");
    }

    private static void Add(Dictionary<string, Transform> words, TransformType type, ushort id, params string[] names)
    {
        foreach (string name in names) words[name] = new Transform(type, id);
    }

    public static bool IsAead(Transform encryption) => encryption.Id != (ushort)EncryptionId.AesCbc;

    /// <summary>The PRF that goes with an integrity algorithm where a proposal names none.</summary>
    public static Transform PrfFor(Transform integrity) => new(TransformType.PseudorandomFunction, (IntegrityId)integrity.Id switch
    {
        IntegrityId.HmacSha384_192 => (ushort)PrfId.HmacSha384,
        IntegrityId.HmacSha512_256 => (ushort)PrfId.HmacSha512,
        _ => (ushort)PrfId.HmacSha256,
    });
}
