using System.Net;

namespace Concentrator.Kernel;

/// <summary>Policies without an SA: traffic that fits makes the kernel ask for one (ACQUIRE) and does not leave in clear meanwhile.</summary>
/// <param name="Owner">Who answers for it; one trap an owner.</param>
/// <param name="Local">Our end of the tunnel.</param>
/// <param name="Remote">The peer's.</param>
/// <param name="Mode">As the child will have it.</param>
/// <param name="ReqId">That of the child to come: its SAs end what the kernel notes of the ACQUIRE.</param>
/// <param name="Selectors">Outbound traffic, from our side to the peer's; the other directions follow from it.</param>
public sealed record TrapSpec(string Owner, IPAddress Local, IPAddress Remote, XfrmMode Mode, uint ReqId, IReadOnlyList<XfrmSelector> Selectors)
{
    /// <summary>In and forward as well: what comes in clear while there is no SA is not believed either.</summary>
    internal IReadOnlyList<PolicySpec> Policies() => [.. XfrmSelector.InAllDirections(Selectors, Mode).Select(p => PolicyOf(p.Selector, p.Direction)).DistinctBy(p => p.Key)];

    private PolicySpec PolicyOf(XfrmSelector selector, XfrmDirection direction) => new()
    {
        Selector = selector,
        Direction = direction,
        Mode = Mode,
        TunnelSource = direction == XfrmDirection.Out ? Local : Remote,
        TunnelDestination = direction == XfrmDirection.Out ? Remote : Local,
        ReqId = ReqId,
        Priority = PolicyPriority.OfTrap(selector),
    };
}
