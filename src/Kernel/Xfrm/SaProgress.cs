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
public sealed record SaProgress(ulong Sent, ulong Received, IReadOnlyList<uint> Window, ulong Bytes, ulong Packets, ulong AddedAt, ulong UsedAt);
