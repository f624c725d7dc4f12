using System.Net;

namespace Concentrator.Kernel;

/// <summary>An IPsec policy (struct xfrm_userpolicy_info with one template): this traffic, that way, through an SA of this reqid.</summary>
public sealed record PolicySpec
{
    public required XfrmSelector Selector { get; init; }

    public required XfrmDirection Direction { get; init; }

    public required XfrmMode Mode { get; init; }

    /// <summary>The ends of the tunnel, as the template has them.</summary>
    public required IPAddress TunnelSource { get; init; }

    public required IPAddress TunnelDestination { get; init; }

    public required uint ReqId { get; init; }

    /// <summary>The template names this SA alone, so that of several with one reqid the kernel takes the one that is meant; 0: any.</summary>
    public uint Spi { get; init; }

    /// <summary>Lower wins; see <see cref="PolicyPriority"/>.</summary>
    public required uint Priority { get; init; }

    public PolicyKey Key => new(Selector, Direction);

    public override string ToString() => $"{Selector} {Direction.ToString().ToLowerInvariant()} reqid {ReqId}";
}

/// <summary>What names a policy in the kernel: one policy a selector and direction, whatever its priority.</summary>
public sealed record PolicyKey(XfrmSelector Selector, XfrmDirection Direction);

/// <summary>
/// A policy as the kernel tells of it. <see cref="ReqId"/>, <see cref="Spi"/> and the ends of the tunnel are those of its first template; 0, and null, without one.
/// </summary>
public sealed record PolicyInfo(PolicyKey Key, uint Priority, uint ReqId, uint Spi, IPAddress? TunnelSource = null, IPAddress? TunnelDestination = null);
