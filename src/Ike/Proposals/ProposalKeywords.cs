using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>The words of proposal strings, as swanctl.conf has them, and what each stands for.</summary>
internal static class ProposalKeywords
{
    public static IReadOnlyDictionary<string, Transform> All { get; } = Build();

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
