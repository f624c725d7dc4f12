using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// Agreement on algorithms (RFC 7296 §2.7, §3.3). The responder chooses: our order of preference decides, over proposals and within
/// them. The initiator accepts: an answer that is not exactly one of the combinations offered is none.
/// </summary>
public static class ProposalSelection
{
    private const int IkeSpiLength = 8;
    private const int EspSpiLength = 4;

    /// <summary>The responder's choice for an IKE SA; null: NO_PROPOSAL_CHOSEN.</summary>
    /// <param name="configured">Our proposals in order of preference.</param>
    /// <param name="offered">The peer's, as received.</param>
    /// <param name="answer">
    /// What the SA payload of the response carries: the peer's number, one transform of each type, and still the peer's SPI; see
    /// <see cref="Proposal.WithSpi"/>. <see cref="Proposal.Empty"/> where there is no choice.
    /// </param>
    /// <param name="keyExchange">
    /// The method of the request's KE payload: where the chosen proposals leave several possible, it wins, which saves a round trip.
    /// Another one in the suite: the answer is INVALID_KE_PAYLOAD with that method.
    /// </param>
    /// <param name="usable">Algorithms that may be used now; see <see cref="ProposalFilter"/>. Null: all.</param>
    public static IkeSuite? ChooseIke(
        IReadOnlyList<Proposal> configured,
        IReadOnlyList<Proposal> offered,
        out Proposal answer,
        KeyExchangeMethod keyExchange = KeyExchangeMethod.None,
        Func<Transform, bool>? usable = null)
    {
        IEnumerable<Proposal> acceptable = offered.Where(p => p.Protocol == ProtocolId.Ike && p.Spi.Length is 0 or IkeSpiLength);
        answer = Choose(configured, [.. acceptable], keyExchange, usable);
        return ReferenceEquals(answer, Proposal.Empty) ? null : ToIkeSuite(answer);
    }

    /// <summary>The responder's choice for an ESP SA pair; null: NO_PROPOSAL_CHOSEN.</summary>
    /// <param name="configured">Our proposals in order of preference.</param>
    /// <param name="offered">The peer's, as received.</param>
    /// <param name="withKeyExchange">
    /// False in IKE_AUTH, where the child draws on the IKE SA's keys: key exchange methods of either side are left out of account.
    /// </param>
    /// <param name="answer">As for <see cref="ChooseIke"/>; <see cref="Proposal.Spi"/> is the peer's inbound SPI.</param>
    /// <param name="keyExchange">The method of the request's KE payload; None: it has none.</param>
    /// <param name="usable">As for <see cref="ChooseIke"/>.</param>
    public static EspSuite? ChooseEsp(
        IReadOnlyList<Proposal> configured,
        IReadOnlyList<Proposal> offered,
        bool withKeyExchange,
        out Proposal answer,
        KeyExchangeMethod keyExchange = KeyExchangeMethod.None,
        Func<Transform, bool>? usable = null)
    {
        IEnumerable<Proposal> acceptable = offered.Where(p => p.Protocol == ProtocolId.Esp && p.Spi.Length == EspSpiLength);
        if (!withKeyExchange)
        {
            configured = [.. configured.Select(p => p.WithoutKeyExchange())];
            acceptable = acceptable.Select(WithoutGroups);
        }

        answer = Choose(configured, [.. acceptable], keyExchange, usable);
        return ReferenceEquals(answer, Proposal.Empty) ? null : ToEspSuite(answer);
    }

    /// <summary>The initiator's check of an IKE SA's answer; null: it is not one of the combinations we offered, the exchange has failed.</summary>
    /// <param name="offered">What our SA payload carried.</param>
    /// <param name="answer">What the response's carries.</param>
    public static IkeSuite? AcceptIke(IReadOnlyList<Proposal> offered, IReadOnlyList<Proposal> answer) =>
        Accepted(offered, answer, ProtocolId.Ike) is { } accepted ? ToIkeSuite(accepted) : null;

    /// <summary>The initiator's check of an ESP answer; null: it is not one of the combinations we offered, the child has failed.</summary>
    /// <inheritdoc cref="AcceptIke" path="/param"/>
    public static EspSuite? AcceptEsp(IReadOnlyList<Proposal> offered, IReadOnlyList<Proposal> answer) =>
        Accepted(offered, answer, ProtocolId.Esp) is { } accepted ? ToEspSuite(accepted) : null;

    /// <summary>ESP proposals as IKE_AUTH carries them: our SPI in each, no key exchange methods (RFC 7296 §1.2).</summary>
    public static IReadOnlyList<Proposal> ForIkeAuth(IReadOnlyList<Proposal> configured, ReadOnlyMemory<byte> spi) =>
        [.. configured.Select(p => p.WithoutKeyExchange().WithSpi(spi))];

    private static Proposal Choose(
        IReadOnlyList<Proposal> configured, IReadOnlyList<Proposal> offered, KeyExchangeMethod keyExchange, Func<Transform, bool>? usable)
    {
        if (usable is not null) configured = ProposalFilter.Apply(configured, usable);
        foreach (Proposal own in configured)
        {
            foreach (Proposal peer in offered)
            {
                if (ProposalMatch.Find(own, peer, keyExchange) is { } common) return peer with { Transforms = common };
            }
        }

        return Proposal.Empty;
    }

    private static Proposal? Accepted(IReadOnlyList<Proposal> offered, IReadOnlyList<Proposal> answers, ProtocolId protocol)
    {
        // RFC 7296 §2.7, §3.3: one proposal, one transform of each type, all of it from what was offered under that number.
        if (answers is not [{ } answer] || answer.Protocol != protocol) return null;
        if (answer.Transforms.DistinctBy(t => t.Type).Count() != answer.Transforms.Count) return null;
        Proposal? own = offered.FirstOrDefault(p => p.Number == answer.Number && p.Protocol == protocol);
        if (own is null || own.Spi.Length != answer.Spi.Length) return null;
        return ProposalMatch.Find(own, answer, KeyExchangeMethod.None) is null ? null : answer;
    }

    private static Proposal WithoutGroups(Proposal proposal) =>
        proposal with { Transforms = [.. proposal.Transforms.Where(t => t.Type != TransformType.KeyExchangeMethod || t.IsNone)] };

    private static IkeSuite ToIkeSuite(Proposal chosen) => new(
        (EncryptionId)IdOf(chosen, TransformType.Encryption),
        KeyLengthOf(chosen),
        (IntegrityId)IdOf(chosen, TransformType.Integrity),
        (PrfId)IdOf(chosen, TransformType.PseudorandomFunction),
        (KeyExchangeMethod)IdOf(chosen, TransformType.KeyExchangeMethod));

    private static EspSuite ToEspSuite(Proposal chosen) => new(
        (EncryptionId)IdOf(chosen, TransformType.Encryption),
        KeyLengthOf(chosen),
        (IntegrityId)IdOf(chosen, TransformType.Integrity),
        IdOf(chosen, TransformType.ExtendedSequenceNumbers) != 0,
        (KeyExchangeMethod)IdOf(chosen, TransformType.KeyExchangeMethod));

    private static ushort IdOf(Proposal chosen, TransformType type) => chosen.OfType(type).FirstOrDefault()?.Id ?? 0;

    private static ushort KeyLengthOf(Proposal chosen) => chosen.OfType(TransformType.Encryption).First().KeyLength;
}
