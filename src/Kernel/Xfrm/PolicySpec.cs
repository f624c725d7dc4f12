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
public sealed record PolicyKey(XfrmSelector Selector, XfrmDirection Direction)
{
    public override string ToString() => $"{Selector} {Direction.ToString().ToLowerInvariant()}";
}

/// <summary>A policy as the kernel tells of it. <see cref="ReqId"/> and <see cref="Spi"/> are those of its first template, 0 without one.</summary>
public sealed record PolicyInfo(PolicyKey Key, uint Priority, uint ReqId, uint Spi)
{
    /// <summary>It has the node's <see cref="Seal"/>; null where nobody else uses the kernel and there are no seals.</summary>
    public bool? IsOurs { get; init; }

    public XfrmMode Mode { get; init; } = XfrmMode.Tunnel;

    /// <summary>The ends of the tunnel; null where the backend does not tell them, and in transport mode, which has none.</summary>
    public (IPAddress Source, IPAddress Destination)? Tunnel { get; init; }

    /// <summary>Whether the policy in the kernel does what this one asks.</summary>
    public bool Fits(PolicySpec policy) =>
        (Priority, ReqId, Spi, Mode) == (policy.Priority, policy.ReqId, policy.Spi, policy.Mode)
        && (Tunnel is not { } tunnel || (tunnel.Source.Equals(policy.TunnelSource) && tunnel.Destination.Equals(policy.TunnelDestination)));
}
