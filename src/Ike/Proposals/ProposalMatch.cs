using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// What one proposal of ours and one of the peer's have in common: one transform of every type, our order deciding. A transform is
/// the same only with the same Key Length and no other attribute, so what the peer garnished with unknown ones never matches (§3.3.6).
/// </summary>
internal sealed class ProposalMatch
{
    private static readonly TransformType[] IkeTypes =
        [TransformType.Encryption, TransformType.Integrity, TransformType.PseudorandomFunction, TransformType.KeyExchangeMethod];

    private static readonly TransformType[] EspTypes =
        [TransformType.Encryption, TransformType.Integrity, TransformType.KeyExchangeMethod, TransformType.ExtendedSequenceNumbers];

    private readonly Proposal _own;
    private readonly Proposal _peer;
    private readonly KeyExchangeMethod _preferred;
    private readonly List<Transform> _common = [];

    private ProposalMatch(Proposal own, Proposal peer, KeyExchangeMethod preferred)
    {
        _own = own;
        _peer = peer;
        _preferred = preferred;
    }

    /// <summary>The common transforms, or null when the two have no suite in common. SPIs and numbers play no part.</summary>
    public static IReadOnlyList<Transform>? Find(Proposal own, Proposal peer, KeyExchangeMethod preferred)
    {
        if (own.Protocol != peer.Protocol) return null;

        // RFC 7296 §3.3.6: a proposal with a transform type we do not know, or that its protocol has no use for, is not acceptable.
        TransformType[] types = own.Protocol == ProtocolId.Ike ? IkeTypes : EspTypes;
        if (peer.Transforms.Any(t => !types.Contains(t.Type))) return null;

        ProposalMatch match = new(own, peer, preferred);
        bool found = match.TakeEncryption()
            && (own.Protocol == ProtocolId.Ike
                ? match.Take(TransformType.PseudorandomFunction) && match.TakeKeyExchange(isOptional: false)
                : match.TakeKeyExchange(isOptional: true) && match.TakeOptional(own.OfType(TransformType.ExtendedSequenceNumbers), TransformType.ExtendedSequenceNumbers));
        return found ? match._common : null;
    }

    private bool TakeEncryption()
    {
        foreach (Transform cipher in _own.OfType(TransformType.Encryption).Where(_peer.Transforms.Contains))
        {
            _common.Clear();
            _common.Add(cipher);
            if (cipher.IsAead ? TakeNoIntegrity() : Take(TransformType.Integrity)) return true;
        }

        return false;
    }

    /// <summary>RFC 7296 §3.3: beside a combined-mode cipher a proposal has no integrity algorithm at all, or NONE alone.</summary>
    private bool TakeNoIntegrity()
    {
        if (_peer.OfType(TransformType.Integrity).Any(t => !t.IsNone || t.HasUnknownAttribute)) return false;
        _common.AddRange(_peer.OfType(TransformType.Integrity).Take(1));
        return true;
    }

    private bool TakeKeyExchange(bool isOptional)
    {
        IEnumerable<Transform> own = _own.OfType(TransformType.KeyExchangeMethod).OrderBy(t => t.Id != (ushort)_preferred);
        return isOptional ? TakeOptional(own, TransformType.KeyExchangeMethod) : Take(own.Where(t => !t.IsNone));
    }

    private bool Take(TransformType type) => Take(_own.OfType(type).Where(t => !t.IsNone));

    private bool Take(IEnumerable<Transform> own)
    {
        if (own.FirstOrDefault(_peer.Transforms.Contains) is not { } chosen) return false;
        _common.Add(chosen);
        return true;
    }

    /// <summary>Of a type that may be left out, leaving it out is the same as NONE alone. What the peer left out the answer leaves out.</summary>
    private bool TakeOptional(IEnumerable<Transform> own, TransformType type)
    {
        Transform none = new(type, 0);
        Transform[] offered = [.. _peer.OfType(type)];
        Transform? chosen = own.DefaultIfEmpty(none).FirstOrDefault(offered.Length == 0 ? none.Equals : offered.Contains);
        if (chosen is null) return false;
        if (offered.Length != 0) _common.Add(chosen);
        return true;
    }
}
