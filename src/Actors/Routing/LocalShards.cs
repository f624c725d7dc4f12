using System.Numerics;

namespace Concentrator.Actors.Routing;

/// <summary>Which of the 256 shards live on this node: an immutable set.</summary>
public sealed class LocalShards
{
    private readonly ulong[] _words;

    private LocalShards(ulong[] words) => _words = words;

    /// <summary>A node that is alone has them all.</summary>
    public static LocalShards All { get; } = new([ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue]);

    public bool IsEmpty => Array.TrueForAll(_words, word => word == 0);

    public static LocalShards Of(IEnumerable<byte> shards)
    {
        var words = new ulong[SessionId.ShardCount / 64];
        foreach (byte shard in shards)
            words[shard >> 6] |= 1UL << (shard & 63);
        return new LocalShards(words);
    }

    public bool Contains(byte shard) => (_words[shard >> 6] & (1UL << (shard & 63))) != 0;

    /// <summary>
    /// The first local shard at or after <paramref name="wanted"/>, around the circle; so that most answers stay as they were when a few
    /// shards come or go. <paramref name="wanted"/> itself when there is none.
    /// </summary>
    public byte NearestTo(byte wanted)
    {
        int first = wanted >> 6;
        ulong rest = _words[first] & (ulong.MaxValue << (wanted & 63));
        for (int i = 0; i <= _words.Length; i++)
        {
            if (rest != 0) return (byte)((((first + i) & 3) << 6) + BitOperations.TrailingZeroCount(rest));
            rest = _words[(first + i + 1) & 3];
        }

        return wanted;
    }
}
