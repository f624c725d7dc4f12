namespace Concentrator.Kernel;

/// <summary>
/// How far an SA has come: what must not be lost when it is taken out and added again elsewhere, for a sequence number is never used twice and none is
/// accepted twice (RFC 4303 §3.3.3, §3.4.3).
/// </summary>
/// <param name="Sent">The last sequence number that was sent; 64 bits with ESN.</param>
/// <param name="Received">The highest one that was accepted.</param>
/// <param name="Window">Which ones below that were accepted: in the words of the backend that told it, for itself to read again.</param>
/// <param name="Bytes">What its limits are held against, as are packets.</param>
/// <param name="Packets">Packets so far.</param>
/// <param name="AddedAt">Unix time in seconds.</param>
/// <param name="UsedAt">Unix time of the first packet; 0: none yet.</param>
public sealed record SaProgress(ulong Sent, ulong Received, IReadOnlyList<uint> Window, ulong Bytes, ulong Packets, ulong AddedAt, ulong UsedAt)
{
    /// <summary>No backend has a window of so many words, so each takes it for its own, full.</summary>
    private static readonly uint[] _everyBit = [.. Enumerable.Repeat(uint.MaxValue, 4096 / 32 + 1)];

    /// <summary>
    /// Of an SA whose exact progress is lost with whoever had it: all up to <paramref name="received"/> counts as accepted, and sending goes on after
    /// <paramref name="sent"/>, <see cref="ResumptionGap"/> or more beyond what was noted.
    /// </summary>
    /// <param name="received">The highest number that is known to have been accepted.</param>
    /// <param name="sent">The last number that anybody else may have sent.</param>
    /// <param name="extended">Numbers have 64 bits.</param>
    /// <param name="addedAt">Unix time in seconds.</param>
    public static SaProgress Resumed(ulong received, ulong sent, bool extended, ulong addedAt) =>
        new(LeaveOut(sent, 0, extended), received, _everyBit, 0, 0, addedAt, 0);

    /// <summary>How many numbers a new owner leaves out and has for itself: more than an SA sends between two samples.</summary>
    public const uint ResumptionGap = 1 << 22;

    /// <summary>Past the last number there is none: one that came round would be used twice (RFC 4303 §3.3.3).</summary>
    internal static ulong LeaveOut(ulong sent, uint gap, bool extended)
    {
        ulong last = extended ? ulong.MaxValue : uint.MaxValue;
        return sent > last - gap ? last : sent + gap;
    }
}
