namespace Concentrator.Ike.Selectors;

/// <summary>The least list of aligned power-of-two blocks that covers a range of numbers exactly: a range as prefixes.</summary>
internal static class PrefixCover
{
    /// <summary>Blocks in ascending order, each its first number and how many low bits are free. At most twice <paramref name="width"/> of them.</summary>
    /// <param name="first">First number of the range.</param>
    /// <param name="last">Last number of the range, not below the first.</param>
    /// <param name="width">Bits a number has.</param>
    public static IEnumerable<(UInt128 First, int FreeBits)> Of(UInt128 first, UInt128 last, int width)
    {
        while (first <= last)
        {
            int free = 0;
            while (free < width && (first & AddressValue.LowBits(free + 1)) == 0 && (first | AddressValue.LowBits(free + 1)) <= last) free++;
            yield return (first, free);
            UInt128 end = first | AddressValue.LowBits(free);
            if (end == last) yield break;
            first = end + 1;
        }
    }
}
