using Concentrator.Actors.Draining;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Google.Protobuf;

namespace Concentrator.Actors.Messages;

/// <summary>How a node is, as it tells the others.</summary>
internal static class StatusWire
{
    private const int Octet = 8;

    public static Wire.NodeStatus Write(NodeStatus status)
    {
        byte[] shards = new byte[SessionId.ShardCount / Octet];
        for (int shard = 0; shard < SessionId.ShardCount; shard++)
        {
            if (status.Shards.Contains((byte)shard)) shards[shard / Octet] |= (byte)(1 << (shard % Octet));
        }

        return new Wire.NodeStatus
        {
            Node = status.Node,
            Drain = status.Drain.ToString(),
            IkeSas = (uint)status.IkeSas,
            ChildSas = (uint)status.ChildSas,
            ProcessorTime = (ulong)status.ProcessorTime.TotalMilliseconds,
            Processors = (uint)status.Processors,
            Memory = (ulong)status.Memory,
            Shards = UnsafeByteOperations.UnsafeWrap(shards),
            IkeSasByShard = { status.IkeSasByShard.Select(count => (uint)count) },
        };
    }

    /// <summary>Shards that are not told are not there.</summary>
    public static NodeStatus Read(Wire.NodeStatus wire)
    {
        ReadOnlySpan<byte> bits = wire.Shards.Span;
        List<byte> shards = [];
        for (int shard = 0; shard < Math.Min(SessionId.ShardCount, bits.Length * Octet); shard++)
        {
            if ((bits[shard / Octet] & (1 << (shard % Octet))) != 0) shards.Add((byte)shard);
        }

        int[] byShard = new int[SessionId.ShardCount];
        for (int shard = 0; shard < Math.Min(byShard.Length, wire.IkeSasByShard.Count); shard++) byShard[shard] = (int)wire.IkeSasByShard[shard];
        return new NodeStatus(
            wire.Node, Words.Read(wire.Drain, DrainState.Serving), (int)wire.IkeSas, (int)wire.ChildSas, TimeSpan.FromMilliseconds(Math.Min(wire.ProcessorTime, long.MaxValue / 100_000)),
            (int)wire.Processors, (long)wire.Memory, LocalShards.Of(shards), byShard);
    }
}
