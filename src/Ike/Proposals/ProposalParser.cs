using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>Proposal strings of swanctl.conf: <c>aes256-sha256-modp2048</c>, <c>aes128gcm16-prfsha256-x25519</c>, <c>default</c>.</summary>
public static class ProposalParser
{
    private const string DefaultAeadIke =
        "aes256gcm16-aes192gcm16-aes128gcm16-chacha20poly1305-prfsha384-prfsha256-prfsha512-x25519-ecp384-ecp256-modp4096-modp3072-modp2048";

    private const string DefaultClassicIke =
        "aes256-aes192-aes128-sha384-sha256-sha512-prfsha384-prfsha256-prfsha512-x25519-ecp384-ecp256-modp4096-modp3072-modp2048";

    private const string DefaultAeadEsp = "aes256gcm16-aes192gcm16-aes128gcm16-chacha20poly1305";
    private const string DefaultClassicEsp = "aes256-aes192-aes128-sha256-sha384-sha512";

    /// <summary>What <c>default</c> stands for: one AEAD and one classic proposal over all that is supported.</summary>
    public static IReadOnlyList<string> Expand(string text, ProtocolId protocol) =>
        text.Trim() != "default" ? [text]
        : protocol == ProtocolId.Ike ? [DefaultAeadIke, DefaultClassicIke]
        : [DefaultAeadEsp, DefaultClassicEsp];

    /// <exception cref="FormatException">The message says what is wrong, and names the nearest known word.</exception>
    public static Proposal ParseIke(string text, byte number)
    {
        List<Transform> transforms = Words(text);
        bool aead = CheckEncryption(text, transforms);
        if (transforms.Exists(t => t.Type == TransformType.ExtendedSequenceNumbers))
            throw new FormatException($"'{text}': esn and noesn are for ESP proposals.");
        // RFC 7296 §1.3.2: an IKE SA always has a key exchange of its own.
        if (transforms.Exists(t => t.Type == TransformType.KeyExchangeMethod && t.Id == 0))
            throw new FormatException($"'{text}': modpnone is for ESP proposals.");
        if (!Has(transforms, TransformType.KeyExchangeMethod))
            throw new FormatException($"'{text}': an IKE proposal needs a key exchange method, such as x25519.");
        if (!Has(transforms, TransformType.PseudorandomFunction))
        {
            transforms.AddRange(transforms.Where(t => t.Type == TransformType.Integrity).Select(ProposalKeywords.PrfFor).ToList());
            if (!Has(transforms, TransformType.PseudorandomFunction))
                throw new FormatException($"'{text}': an IKE proposal with an AEAD cipher needs a PRF, such as prfsha256.");
        }

        return new Proposal(number, ProtocolId.Ike, default, InOrder(transforms, aead));
    }

    /// <exception cref="FormatException">The message says what is wrong, and names the nearest known word.</exception>
    public static Proposal ParseEsp(string text, byte number)
    {
        List<Transform> transforms = Words(text);
        bool aead = CheckEncryption(text, transforms);
        if (Has(transforms, TransformType.PseudorandomFunction)) throw new FormatException($"'{text}': an ESP proposal has no PRF.");
        if (!Has(transforms, TransformType.ExtendedSequenceNumbers))
            transforms.Add(new Transform(TransformType.ExtendedSequenceNumbers, 0));
        return new Proposal(number, ProtocolId.Esp, default, InOrder(transforms, aead));
    }

    private static List<Transform> Words(string text)
    {
        List<Transform> transforms = [];
        foreach (string word in text.Trim().Split('-'))
        {
            if (!ProposalKeywords.All.TryGetValue(word, out Transform? transform)) throw NoAlgorithm(text, word);
            if (!transforms.Contains(transform)) transforms.Add(transform);
        }

        return transforms;
    }

    private static FormatException NoAlgorithm(string text, string word)
    {
        if (ProposalKeywords.IsUnsupported(word)) return new FormatException($"'{text}': algorithm '{word}' is not supported.");
        string suggestion = NearestWord.Of(word, ProposalKeywords.All.Keys) is { } nearest ? $", did you mean '{nearest}'?" : ".";
        return new FormatException($"'{text}': unknown algorithm '{word}'{suggestion}");
    }

    /// <summary>True for AEAD ciphers. Both kinds in one proposal cannot be written (RFC 7296 §3.3.3).</summary>
    private static bool CheckEncryption(string text, List<Transform> transforms)
    {
        List<Transform> ciphers = [.. transforms.Where(t => t.Type == TransformType.Encryption)];
        if (ciphers.Count == 0) throw new FormatException($"'{text}': a proposal needs an encryption algorithm.");
        bool aead = ProposalKeywords.IsAead(ciphers[0]);
        if (ciphers.Exists(c => ProposalKeywords.IsAead(c) != aead))
            throw new FormatException($"'{text}': AEAD and classic ciphers need a proposal each; write two, with a comma between.");
        bool integrity = Has(transforms, TransformType.Integrity);
        if (!aead && !integrity) throw new FormatException($"'{text}': AES-CBC needs an integrity algorithm, such as sha256.");
        return aead;
    }

    private static bool Has(List<Transform> transforms, TransformType type) => transforms.Exists(t => t.Type == type);

    /// <summary>RFC 7296 §3.3: beside AEAD ciphers no integrity is proposed. A word for one was there for its PRF, as strongSwan reads it, or says too much.</summary>
    private static List<Transform> InOrder(List<Transform> transforms, bool aead) =>
        [.. transforms.Where(t => !aead || t.Type != TransformType.Integrity).OrderBy(t => t.Type)];
}
