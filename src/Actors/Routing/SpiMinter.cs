using System.Buffers.Binary;
using System.Security.Cryptography;
using Concentrator.Ike;
using Concentrator.Kernel;

namespace Concentrator.Actors.Routing;

/// <summary>
/// Makes session ids for IKE SAs that begin on this node. A responder's is keyed from who asks, so that a retransmitted IKE_SA_INIT
/// meets the same actor without a table, and nobody outside can choose or guess it. Allocates nothing. Safe from any thread if
/// <paramref name="random"/> is; owns <paramref name="secret"/>.
/// </summary>
public sealed class SpiMinter(Secret secret, IRandom random) : IDisposable
{
    private const int ShardOffset = 6;

    /// <param name="peer">Who asks.</param>
    /// <param name="initiatorSpi">Its SPI.</param>
    /// <param name="shards">Those that live here.</param>
    /// <param name="belonging">Those that belong to the address that was asked, so that the session moves with it; null: all.</param>
    public SessionId MintForResponder(in UdpEndpoint peer, ulong initiatorSpi, LocalShards shards, LocalShards? belonging = null)
    {
        Span<byte> input = stackalloc byte[16 + 2 + 8 + 1];
        input.Clear();
        int length = peer.WriteAddress(input);
        BinaryPrimitives.WriteUInt16BigEndian(input[16..], peer.Port);
        BinaryPrimitives.WriteUInt64BigEndian(input[18..], initiatorSpi);
        input[26] = (byte)length;
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret.Span, input, digest);
        return Compose(digest, shards, belonging ?? LocalShards.All);
    }

    /// <param name="shards">Those that live here.</param>
    /// <param name="belonging">Those that belong to the address that calls; null: all.</param>
    public SessionId MintForInitiator(LocalShards shards, LocalShards? belonging = null)
    {
        Span<byte> draw = stackalloc byte[ShardOffset + 1];
        random.Fill(draw);
        return Compose(draw, shards, belonging ?? LocalShards.All);
    }

    public void Dispose() => secret.Dispose();

    private static SessionId Compose(ReadOnlySpan<byte> draw, LocalShards shards, LocalShards belonging)
    {
        ulong low = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(draw) << 16) | BinaryPrimitives.ReadUInt16BigEndian(draw[4..]);
        byte shard = shards.NearestTo(draw[ShardOffset], belonging);
        // RFC 7296 §3.1: an SPI must not be zero; in shard 0 the low bits must therefore hold something.
        if (low == 0) low = 1;
        return new SessionId(((ulong)shard << 48) | low);
    }
}
