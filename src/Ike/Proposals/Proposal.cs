using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// One proposal of an SA payload (RFC 7296 §3.3.1). <see cref="Spi"/>: empty in IKE_SA_INIT, 8 octets for an IKE rekey, 4 for ESP and AH.
/// Transforms keep the order they were written or received in.
/// </summary>
public sealed record Proposal(byte Number, ProtocolId Protocol, ReadOnlyMemory<byte> Spi, IReadOnlyList<Transform> Transforms)
{
    /// <summary>What a choice answers when there is none: no number, no protocol, no transforms.</summary>
    public static Proposal Empty { get; } = new(0, ProtocolId.None, default, []);

    public IEnumerable<Transform> OfType(TransformType type) => Transforms.Where(t => t.Type == type);

    /// <summary>The same proposal with another SPI; the octets are not copied.</summary>
    public Proposal WithSpi(ReadOnlyMemory<byte> spi) => this with { Spi = spi };

    /// <summary>RFC 7296 §1.2: the child that IKE_AUTH makes has no key exchange of its own, so its proposals carry no such transform.</summary>
    public Proposal WithoutKeyExchange() =>
        this with { Transforms = [.. Transforms.Where(t => t.Type != TransformType.KeyExchangeMethod)] };

    public override string ToString() => ProposalText.Format(this);
}
