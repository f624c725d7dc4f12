using System.Numerics;

namespace Concentrator.Actors.Routing;

/// <summary>Which of the 256 shards live on this node: an immutable set.</summary>
public sealed class LocalShards
{
    private readonly ulong[] _words;

    private LocalShards(ulong[] words) => _words = words;

    /// <summary>A node that is alone has them all.</summary>
    public static LocalShards All { get; } = new([ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue]);

    /// <summary>A node to which no shard has come yet.</summary>
    public static LocalShards None { get; } = new([0, 0, 0, 0]);

    public int Count => _words.Sum(word => BitOperations.PopCount(word));

    public bool IsEmpty => Array.TrueForAll(_words, word => word == 0);

    public static LocalShards Of(IEnumerable<byte> shards)
    {
        var words = new ulong[SessionId.ShardCount / 64];
        foreach (byte shard in shards)
            words[shard >> 6] |= Bit(shard);
        return new LocalShards(words);
    }

    /// <summary>All of <paramref name="others"/> are among them.</summary>
    public bool HasAllOf(LocalShards others)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            if ((others._words[i] & ~_words[i]) != 0) return false;
        }

        return true;
    }

    /// <summary>Some of them are among <paramref name="others"/>.</summary>
    public bool HasAnyOf(LocalShards others)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            if ((_words[i] & others._words[i]) != 0) return true;
        }

        return false;
    }

    public LocalShards With(byte shard) => Change(shard, word => word | Bit(shard));

    public LocalShards Without(byte shard) => Change(shard, word => word & ~Bit(shard));

    public bool Contains(byte shard) => (_words[shard >> 6] & Bit(shard)) != 0;

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

    /// <summary>The same among those that <paramref name="within"/> has too; where there is no such, the one of <paramref name="within"/>, which is elsewhere then.</summary>
    public byte NearestTo(byte wanted, LocalShards within)
    {
        int first = wanted >> 6;
        ulong mask = ulong.MaxValue << (wanted & 63);
        for (int i = 0; i <= _words.Length; i++, mask = ulong.MaxValue)
        {
            int place = (first + i) & 3;
            ulong rest = _words[place] & within._words[place] & mask;
            if (rest != 0) return (byte)((place << 6) + BitOperations.TrailingZeroCount(rest));
        }

        return within.NearestTo(wanted);
    }

    private LocalShards Change(byte shard, Func<ulong, ulong> change)
    {
        var words = (ulong[])_words.Clone();
        words[shard >> 6] = change(words[shard >> 6]);
        return new LocalShards(words);
    }

    private static ulong Bit(byte shard) => 1UL << (shard & 63);
}
