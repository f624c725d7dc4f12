namespace Concentrator.Ike.Wire;

/// <summary>What became of one fragment: one of the four kinds below. Only <see cref="Complete"/> is allocated anew.</summary>
public abstract record FragmentVerdict
{
    private static readonly Dropped[] Drops = [.. Enum.GetValues<FragmentFault>().Select(fault => new Dropped(fault))];

    private FragmentVerdict()
    {
    }

    internal static FragmentVerdict Stored { get; } = new Incomplete();

    internal static FragmentVerdict Forged { get; } = new NotAuthentic();

    internal static FragmentVerdict Drop(FragmentFault fault) => Drops[(int)fault];

    /// <summary>Authentic and stored; others are missing.</summary>
    public sealed record Incomplete : FragmentVerdict;

    /// <summary>
    /// It was the last missing one. <see cref="Result"/> is that of the whole, under the header of fragment 1, whose length is that fragment's.
    /// <see cref="FirstDigest"/>: SHA-256 of the datagram with fragment 1 as it came, to know it when it comes again.
    /// <see cref="Octets"/>: of all datagrams together.
    /// </summary>
    public sealed record Complete(ParseResult Result, ReadOnlyMemory<byte> FirstDigest, int Octets) : FragmentVerdict;

    /// <summary>Not taken. All but <see cref="FragmentFault.TooLong"/> leave the buffer as it was.</summary>
    public sealed record Dropped(FragmentFault Fault) : FragmentVerdict;

    /// <summary>The integrity check failed, or the fragment cannot be as long as it says; nothing changed.</summary>
    public sealed record NotAuthentic : FragmentVerdict;
}
