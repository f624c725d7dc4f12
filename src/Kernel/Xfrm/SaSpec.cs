using System.Net;

namespace Concentrator.Kernel;

/// <summary>UDP encapsulation of an SA (struct xfrm_encap_tmpl, RFC 3948): the ports, as seen from the sender of its packets.</summary>
public sealed record UdpEncapsulation(ushort SourcePort, ushort DestinationPort);

/// <summary>
/// Lifetimes of an SA (struct xfrm_lifetime_cfg): a soft limit is told, a hard one ends the SA. 0: without limit. Octets, packets, seconds.
/// </summary>
public sealed record SaLifetime(ulong SoftBytes = 0, ulong HardBytes = 0, ulong SoftPackets = 0, ulong HardPackets = 0, ulong SoftSeconds = 0, ulong HardSeconds = 0);

/// <summary>An ESP SA as it is put into the kernel (struct xfrm_usersa_info and its attributes).</summary>
public sealed record SaSpec
{
    public required IPAddress Source { get; init; }

    public required IPAddress Destination { get; init; }

    public required uint Spi { get; init; }

    public required XfrmMode Mode { get; init; }

    /// <summary>In or Out: which of a pair this is. The kernel is not told; refusals name it.</summary>
    public required XfrmDirection Direction { get; init; }

    /// <summary>Ties the SA to the policies with the same number.</summary>
    public required uint ReqId { get; init; }

    public required EspAlgorithms Algorithms { get; init; }

    public UdpEncapsulation? Encapsulation { get; init; }

    /// <summary>Anti-replay window in packets, 0 to 4096.</summary>
    public int ReplayWindow { get; init; } = 32;

    public bool ExtendedSequenceNumbers { get; init; }

    public SaLifetime Lifetime { get; init; } = new();

    /// <summary>Of an SA that was there before, and goes on from where it was; null: a new one.</summary>
    public SaProgress? Progress { get; init; }

    /// <summary>Transport mode: the traffic that the SA is for.</summary>
    public XfrmSelector? Selector { get; init; }

    public SaId Id => new(Destination, Spi);

    public override string ToString() => $"{Spi:x8} {Source} => {Destination} reqid {ReqId} {Algorithms}";
}

/// <summary>An SA as the kernel tells of it; keys are not asked for.</summary>
public sealed record SaInfo(SaId Id, IPAddress Source, XfrmMode Mode, uint ReqId, ulong Bytes, ulong Packets, bool IsLarval)
{
    /// <summary>It has the node's <see cref="Seal"/>; null where nobody else uses the kernel and there are no seals.</summary>
    public bool? IsOurs { get; init; }

    /// <summary>When a packet last passed it, to the second; null: none has, or this kernel does not tell.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>The last sequence number that was sent, and the highest that was accepted: of an SA one of them is 0.</summary>
    public ulong Sent { get; init; }

    public ulong Received { get; init; }
}
