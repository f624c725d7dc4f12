using Concentrator.Ike;

namespace Concentrator.Actors.Tests;

/// <summary>A reproducible source: the same seed gives the same octets.</summary>
internal sealed class SeededRandom(int seed) : IRandom
{
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> buffer)
    {
        lock (_random) _random.NextBytes(buffer);
    }
}
