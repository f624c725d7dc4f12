using System.Buffers.Binary;
using System.Globalization;

namespace Concentrator.Actors.Routing;

/// <summary>
/// Names one lineage of IKE SAs: 56 bits, of which the top 8 are the shard. It is the entity id of the actor, and the upper seven
/// octets of every local IKE SPI the lineage ever has, so that any node reads the owner of a message from its header alone.
/// </summary>
public readonly record struct SessionId
{
    public const int ShardCount = 256;

    internal const int Bits = 56;
    private const ulong Mask = (1UL << Bits) - 1;

    /// <param name="value">The low 56 bits count; zero is no session, because an IKE SPI must not be zero (RFC 7296 §3.1).</param>
    public SessionId(ulong value) => Value = value & Mask;

    public ulong Value { get; }

    public byte Shard => (byte)(Value >> (Bits - 8));

    public bool IsNone => Value == 0;

    /// <summary>14 hexadecimal digits.</summary>
    public string EntityId => Value.ToString("x14", CultureInfo.InvariantCulture);

    public static SessionId Of(IkeSpi spi) => new(spi.Value >> 8);

    /// <summary>The inverse of <see cref="EntityId"/>.</summary>
    public static SessionId Parse(ReadOnlySpan<char> entityId) =>
        new(ulong.Parse(entityId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    /// <summary>The local SPI of this lineage's IKE SA after <paramref name="generation"/> rekeyings, modulo 256.</summary>
    public IkeSpi Spi(byte generation = 0) => new((Value << 8) | generation);

    public override string ToString() => EntityId;
}

/// <summary>An IKE SPI: eight octets in network order (RFC 7296 §3.1). One of ours is a <see cref="SessionId"/> and a generation.</summary>
public readonly record struct IkeSpi(ulong Value)
{
    public byte Generation => (byte)Value;

    public static IkeSpi Read(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt64BigEndian(octets));

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
