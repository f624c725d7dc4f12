using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// Reads proposal strings as swanctl.conf writes them (<c>aes256-sha256-x25519, aes128gcm16-prfsha256-ecp256, default</c>).
/// Transforms come out grouped by type, in the order written within a type.
/// </summary>
public static class ProposalParser
{
    /// <summary>Proposal numbers are one octet, from 1 (RFC 7296 §3.3.1).</summary>
    private const int LastNumber = byte.MaxValue;

    public static ProposalParseResult ParseIke(string text, byte number = 1) =>
        ParseList(text, number, ProtocolId.Ike, ProposalBuilder.DefaultIke, CompleteIke);

    public static ProposalParseResult ParseEsp(string text, byte number = 1) =>
        ParseList(text, number, ProtocolId.Esp, ProposalBuilder.DefaultEsp, CompleteEsp);

    private static ProposalParseResult ParseList(
        string text, byte number, ProtocolId protocol, Func<byte, IReadOnlyList<Proposal>> defaults, Func<Draft, string?> complete)
    {
        List<Proposal> proposals = [];
        int next = number;
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (next >= LastNumber) return ProposalParseResult.Wrong("too many proposals");
            if (word.Equals("default", StringComparison.OrdinalIgnoreCase))
            {
                proposals.AddRange(defaults((byte)next));
                next += 2;
                continue;
            }

            Draft draft = new();
            if ((Read(word, draft) ?? complete(draft)) is { } error) return ProposalParseResult.Wrong(error);
            proposals.Add(new Proposal((byte)next++, protocol, default, draft.InOrder()));
        }

        return ProposalParseResult.Of(proposals);
    }

    private static string? Read(string text, Draft draft)
    {
        if (text.Length == 0) return "empty proposal";
        foreach (string word in text.Split('-'))
        {
            switch (AlgorithmKeywords.Find(word))
            {
                case { IsSupported: true } known:
                    draft.Add(known.Transform);
                    break;
                case { IsSupported: false }:
                    return $"algorithm '{word}' is not supported";
                default:
                    return $"unknown algorithm '{Spelling.Quotable(word)}'{Spelling.Suggest(word, AlgorithmKeywords.All.Select(k => k.Name))}";
            }
        }

        return CheckEncryption(draft);
    }

    private static string? CheckEncryption(Draft draft)
    {
        // RFC 7296 §3.3: AEAD and classic ciphers need different numbers of algorithms, so they are different proposals.
        int aead = draft.Encryption.Count(t => t.IsAead);
        if (draft.Encryption.Count == 0) return "no encryption algorithm";
        if (aead != 0 && aead != draft.Encryption.Count) return "AEAD and classic encryption in one proposal: write two proposals, one of each kind";
        if (aead == 0 && draft.Integrity.Count == 0) return "no integrity algorithm, which classic encryption needs (such as sha256)";
        return null;
    }

    private static string? CompleteIke(Draft draft)
    {
        // The PRFs of a proposal that names none are those of its integrity algorithms; AEAD ciphers keep only that of them.
        if (draft.Prf.Count == 0) draft.Prf.AddRange(draft.Integrity.Select(PrfOf));
        if (draft.Encryption[0].IsAead) draft.Integrity.Clear();
        if (draft.Prf.Count == 0) return "no PRF, which AEAD encryption needs in an IKE proposal (such as prfsha256)";
        if (draft.Esn.Count != 0) return "extended sequence numbers are for ESP proposals only";

        // RFC 7296 §1.3.2: no key exchange method NONE for an IKE SA.
        if (draft.KeyExchange.Any(t => t.IsNone)) return "'modpnone' is for ESP proposals only";
        if (draft.KeyExchange.Count == 0) return "no key exchange method, which an IKE proposal needs (such as x25519)";
        return null;
    }

    private static string? CompleteEsp(Draft draft)
    {
        if (draft.Prf.Count != 0) return "a PRF is for IKE proposals only";
        if (draft.Encryption[0].IsAead) draft.Integrity.Clear();
        if (draft.Esn.Count == 0) draft.Esn.Add(Transform.Esn(false));
        return null;
    }

    private static Transform PrfOf(Transform integrity) => Transform.Of((IntegrityId)integrity.Id switch
    {
        IntegrityId.HmacSha384_192 => PrfId.HmacSha384,
        IntegrityId.HmacSha512_256 => PrfId.HmacSha512,
        _ => PrfId.HmacSha256,
    });

    /// <summary>A proposal being read: its transforms by type, each once.</summary>
    private sealed class Draft
    {
        public List<Transform> Encryption { get; } = [];

        public List<Transform> Integrity { get; } = [];

        public List<Transform> Prf { get; } = [];

        public List<Transform> KeyExchange { get; } = [];

        public List<Transform> Esn { get; } = [];

        public void Add(Transform transform)
        {
            List<Transform> list = transform.Type switch
            {
                TransformType.Encryption => Encryption,
                TransformType.Integrity => Integrity,
                TransformType.PseudorandomFunction => Prf,
                TransformType.KeyExchangeMethod => KeyExchange,
                _ => Esn,
            };
            if (!list.Contains(transform)) list.Add(transform);
        }

        public Transform[] InOrder() => [.. Encryption, .. Integrity, .. Prf, .. KeyExchange, .. Esn];
    }
}
