using System.Buffers.Binary;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// One proposal of an SA payload (RFC 7296 §3.3.1). <see cref="Spi"/>: empty in IKE_SA_INIT, 8 octets for an IKE rekey, 4 for ESP and AH.
/// Transforms keep the order they were written or received in.
/// </summary>
public sealed record Proposal(byte Number, ProtocolId Protocol, ReadOnlyMemory<byte> Spi, IReadOnlyList<Transform> Transforms)
{
    public IEnumerable<Transform> OfType(TransformType type) => Transforms.Where(t => t.Type == type);

    /// <summary>The same with an SPI of four octets.</summary>
    public Proposal WithSpi(uint spi)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, spi);
        return this with { Spi = octets };
    }

    /// <summary>The same with an SPI of eight octets: an IKE SA that replaces another (RFC 7296 §3.3.1).</summary>
    public Proposal WithSpi(ulong spi)
    {
        byte[] octets = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, spi);
        return this with { Spi = octets };
    }

    /// <summary>The same for IKE_AUTH, where a child has no key exchange of its own (RFC 7296 §1.2).</summary>
    public Proposal WithoutKeyExchange() => this with { Transforms = [.. Transforms.Where(t => t.Type != TransformType.KeyExchangeMethod)] };
}
