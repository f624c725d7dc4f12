using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// One proposal of an SA payload (RFC 7296 §3.3.1). <see cref="Spi"/>: empty in IKE_SA_INIT, 8 octets for an IKE rekey, 4 for ESP and AH.
/// Transforms keep the order they were written or received in.
/// </summary>
public sealed record Proposal(byte Number, ProtocolId Protocol, ReadOnlyMemory<byte> Spi, IReadOnlyList<Transform> Transforms)
{
    public IEnumerable<Transform> OfType(TransformType type) => Transforms.Where(t => t.Type == type);
}
