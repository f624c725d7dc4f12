using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>The responder's choice from an offer, and the initiator's check of the answer (RFC 7296 §2.7, §3.3.6). Our own order decides.</summary>
public static class ProposalSelection
{
    private static readonly TransformType[] IkeTypes =
        [TransformType.Encryption, TransformType.PseudorandomFunction, TransformType.Integrity, TransformType.KeyExchangeMethod];

    private static readonly TransformType[] EspTypes =
        [TransformType.Encryption, TransformType.Integrity, TransformType.KeyExchangeMethod, TransformType.ExtendedSequenceNumbers];

    /// <summary>
    /// Chooses for an IKE SA; null when nothing fits. Where several groups fit, the one of the KE payload wins, to save a round trip.
    /// <paramref name="answer"/> has the peer's number and SPI and one transform of each type.
    /// </summary>
    public static IkeSuite? ChooseIke(
        IReadOnlyList<Proposal> configured, IReadOnlyList<Proposal> offered, KeyExchangeMethod offeredKe, out Proposal? answer)
    {
        answer = Choose(configured, offered, ProtocolId.Ike, IkeTypes, offeredKe);
        return answer is null ? null : ToIkeSuite(answer);
    }

    /// <summary>Chooses for a child; in IKE_AUTH (<paramref name="withKeyExchange"/> false) no key exchange counts on either side.</summary>
    public static EspSuite? ChooseEsp(
        IReadOnlyList<Proposal> configured,
        IReadOnlyList<Proposal> offered,
        bool withKeyExchange,
        KeyExchangeMethod offeredKe,
        out Proposal? answer)
    {
        if (!withKeyExchange)
        {
            configured = [.. configured.Select(p => p.WithoutKeyExchange())];
            offered = [.. offered.Select(p => p.WithoutKeyExchange())];
        }

        answer = Choose(configured, offered, ProtocolId.Esp, EspTypes, offeredKe);
        return answer is null ? null : ToEspSuite(answer);
    }

    /// <summary>The suite of an answer that is one proposal, with one transform of each type, all of them offered; else null (§3.3.6).</summary>
    public static IkeSuite? AcceptIke(IReadOnlyList<Proposal> offered, IReadOnlyList<Proposal> answer) =>
        IsChoiceFrom(offered, answer, ProtocolId.Ike, IkeTypes) ? ToIkeSuite(answer[0]) : null;

    public static EspSuite? AcceptEsp(IReadOnlyList<Proposal> offered, IReadOnlyList<Proposal> answer) =>
        IsChoiceFrom(offered, answer, ProtocolId.Esp, EspTypes) ? ToEspSuite(answer[0]) : null;

    /// <summary>Whether these proposals could have led to this suite.</summary>
    public static bool Allows(IReadOnlyList<Proposal> configured, IkeSuite suite) => configured.Any(p =>
        Has(p, TransformType.Encryption, (ushort)suite.Encryption, suite.KeyLength)
        && (suite.Integrity == IntegrityId.None || Has(p, TransformType.Integrity, (ushort)suite.Integrity, 0))
        && Has(p, TransformType.PseudorandomFunction, (ushort)suite.Prf, 0)
        && Has(p, TransformType.KeyExchangeMethod, (ushort)suite.KeyExchange, 0));

    private static bool Has(Proposal proposal, TransformType type, ushort id, ushort keyLength) =>
        proposal.OfType(type).Any(t => t.Id == id && t.KeyLength == keyLength);

    private static Proposal? Choose(
        IReadOnlyList<Proposal> configured, IReadOnlyList<Proposal> offered, ProtocolId protocol, TransformType[] types, KeyExchangeMethod offeredKe)
    {
        foreach (Proposal ours in configured)
        {
            foreach (Proposal theirs in offered.Where(p => p.Protocol == protocol))
            {
                if (Intersect(ours, theirs, types, offeredKe) is { } transforms)
                    return new Proposal(theirs.Number, protocol, theirs.Spi, transforms);
            }
        }

        return null;
    }

    private static List<Transform>? Intersect(Proposal ours, Proposal theirs, TransformType[] types, KeyExchangeMethod offeredKe)
    {
        // RFC 7296 §3.3.6: a transform type that is not known makes the whole proposal unacceptable.
        if (theirs.Transforms.Any(t => !types.Contains(t.Type))) return null;
        // RFC 7296 §3.3: beside combined-mode ciphers there is no integrity algorithm, or NONE alone.
        if (!ours.OfType(TransformType.Integrity).Any() && theirs.OfType(TransformType.Integrity).Any(t => t.Id != 0)) return null;
        List<Transform> chosen = [];
        foreach (TransformType type in types)
        {
            if (!TryChoose(ours, theirs, type, offeredKe, out Transform? transform)) return null;
            if (transform is not null) chosen.Add(transform);
        }

        return chosen;
    }

    /// <summary>One transform of a type; none where neither side has the type, or both mean its NONE.</summary>
    private static bool TryChoose(Proposal ours, Proposal theirs, TransformType type, KeyExchangeMethod offeredKe, out Transform? chosen)
    {
        List<Transform> mine = [.. ours.OfType(type)];
        List<Transform> others = [.. theirs.OfType(type)];
        List<Transform> common = [.. mine.Where(m => others.Exists(o => IsSame(m, o)))];
        chosen = common.Find(t => type == TransformType.KeyExchangeMethod && t.Id == (ushort)offeredKe) ?? common.FirstOrDefault();
        if (chosen is not null) return true;
        // RFC 7296 §3.3.3: an absent optional type and its NONE (0) mean the same; so do no ESN and silence about it.
        bool weTakeNone = mine.Count == 0 || mine.Exists(t => t.Id == 0);
        Transform? theirNone = others.Find(t => t.Id == 0 && t.KeyLength == 0 && !t.HasUnknownAttribute);
        if (type == TransformType.Encryption || !weTakeNone || (others.Count > 0 && theirNone is null)) return false;
        chosen = theirNone;
        return true;
    }

    /// <summary>RFC 7296 §3.3.6: an attribute that is not known makes the transform unacceptable; a Key Length must be the same.</summary>
    private static bool IsSame(Transform ours, Transform theirs) =>
        ours.Id == theirs.Id && ours.KeyLength == theirs.KeyLength && !theirs.HasUnknownAttribute;

    private static bool IsChoiceFrom(IReadOnlyList<Proposal> offered, IReadOnlyList<Proposal> answer, ProtocolId protocol, TransformType[] types)
    {
        if (answer.Count != 1 || answer[0].Protocol != protocol) return false;
        Proposal choice = answer[0];
        if (choice.Transforms.Any(t => !types.Contains(t.Type)) || choice.Transforms.GroupBy(t => t.Type).Any(g => g.Count() > 1)) return false;
        return offered.Any(o => o.Number == choice.Number && o.Spi.Length == choice.Spi.Length && types.All(type => IsChoiceOfType(o, choice, type)));
    }

    private static bool IsChoiceOfType(Proposal offer, Proposal choice, TransformType type)
    {
        List<Transform> offers = [.. offer.OfType(type)];
        Transform? chosen = choice.OfType(type).FirstOrDefault();
        if (chosen is null) return offers.Count == 0 || offers.Exists(t => t.Id == 0);
        return offers.Exists(t => IsSame(t, chosen)) || (offers.Count == 0 && chosen.Id == 0 && type != TransformType.Encryption);
    }

    private static IkeSuite ToIkeSuite(Proposal chosen) => new(
        (EncryptionId)IdOf(chosen, TransformType.Encryption),
        chosen.OfType(TransformType.Encryption).First().KeyLength,
        (IntegrityId)IdOf(chosen, TransformType.Integrity),
        (PrfId)IdOf(chosen, TransformType.PseudorandomFunction),
        (KeyExchangeMethod)IdOf(chosen, TransformType.KeyExchangeMethod));

    private static EspSuite ToEspSuite(Proposal chosen) => new(
        (EncryptionId)IdOf(chosen, TransformType.Encryption),
        chosen.OfType(TransformType.Encryption).First().KeyLength,
        (IntegrityId)IdOf(chosen, TransformType.Integrity),
        IdOf(chosen, TransformType.ExtendedSequenceNumbers) == 1,
        (KeyExchangeMethod)IdOf(chosen, TransformType.KeyExchangeMethod));

    private static ushort IdOf(Proposal chosen, TransformType type) => chosen.OfType(type).FirstOrDefault()?.Id ?? 0;
}
