using System.Security.Cryptography;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// prf and prf+ (RFC 7296 §2.13) over parts that need not be contiguous. Lengths in octets. Thread-safe.
/// An unknown <see cref="PrfId"/> throws <see cref="ArgumentOutOfRangeException"/>: it must never have been chosen.
/// </summary>
public static class Prf
{
    /// <summary>The longest output of any PRF.</summary>
    public const int MaxOutputLength = 64;

    // RFC 7296 §2.13: the block counter is one octet, so prf+ ends after 255 blocks.
    private const int MaxBlocks = 255;

    public static int OutputLength(PrfId prf) => AlgorithmTable.Get(prf).OutputOctets;

    /// <summary>The length of SK_d, SK_pi and SK_pr.</summary>
    public static int PreferredKeyLength(PrfId prf) => AlgorithmTable.Get(prf).OutputOctets;

    /// <summary>prf(key, part1): <see cref="OutputLength"/> octets at the start of <paramref name="destination"/>.</summary>
    public static void Compute(PrfId prf, ReadOnlySpan<byte> key, ReadOnlySpan<byte> part1, Span<byte> destination) =>
        Compute(prf, key, part1, default, default, destination);

    /// <summary>prf(key, part1 | part2 | part3); parts may be empty.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="OutputLength"/>.</exception>
    public static void Compute(
        PrfId prf,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> part1,
        ReadOnlySpan<byte> part2,
        ReadOnlySpan<byte> part3,
        Span<byte> destination)
    {
        using IncrementalHash hmac = IncrementalHash.CreateHMAC(AlgorithmTable.Get(prf).Hash, key);
        hmac.AppendData(part1);
        hmac.AppendData(part2);
        hmac.AppendData(part3);
        hmac.GetHashAndReset(destination);
    }

    /// <summary>prf+(key, seed1 | seed2 | seed3): fills <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">More than 255 blocks are asked for.</exception>
    public static void Expand(
        PrfId prf,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> seed1,
        ReadOnlySpan<byte> seed2,
        ReadOnlySpan<byte> seed3,
        Span<byte> destination)
    {
        PrfAlgorithm algorithm = AlgorithmTable.Get(prf);
        if (destination.Length > MaxBlocks * algorithm.OutputOctets)
            throw new ArgumentException($"prf+ yields at most {MaxBlocks} blocks.", nameof(destination));

        using IncrementalHash hmac = IncrementalHash.CreateHMAC(algorithm.Hash, key);
        Span<byte> block = stackalloc byte[algorithm.OutputOctets];
        Span<byte> counter = stackalloc byte[1];
        for (int offset = 0; offset < destination.Length; offset += block.Length)
        {
            // T1 = prf(K, S | 0x01), Tn = prf(K, Tn-1 | S | n)
            if (offset > 0)
                hmac.AppendData(block);
            counter[0]++;
            hmac.AppendData(seed1);
            hmac.AppendData(seed2);
            hmac.AppendData(seed3);
            hmac.AppendData(counter);
            hmac.GetHashAndReset(block);
            block[..Math.Min(block.Length, destination.Length - offset)].CopyTo(destination[offset..]);
        }

        CryptographicOperations.ZeroMemory(block);
    }
}
