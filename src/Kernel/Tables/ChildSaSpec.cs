
namespace Concentrator.Kernel;

/// <summary>All that one CHILD_SA needs in the kernel: installed whole or not at all. The keys belong to the specs and are zeroed by the install.</summary>
/// <param name="Owner">Who answers for it; one child an owner.</param>
/// <param name="Inbound">From the peer to us; its SPI is the reserved one.</param>
/// <param name="Outbound">From us to the peer.</param>
/// <param name="Selectors">Outbound traffic, from our side to the peer's; the other directions follow from it.</param>
public sealed record ChildSaSpec(string Owner, SaSpec Inbound, SaSpec Outbound, IReadOnlyList<XfrmSelector> Selectors) : IDisposable
{
    /// <summary>Zeroes its keys.</summary>
    public void Dispose()
    {
        Inbound.Algorithms.ZeroKeys();
        Outbound.Algorithms.ZeroKeys();
    }

    /// <summary>Out, in and, for tunnels, forward, for each pair of selectors.</summary>
    internal IReadOnlyList<PolicySpec> Policies() =>
        [.. XfrmSelector.InAllDirections(Selectors, Inbound.Mode).Select(p => PolicyOf(p.Direction == XfrmDirection.Out ? Outbound : Inbound, p.Selector, p.Direction))];

    private static PolicySpec PolicyOf(SaSpec sa, XfrmSelector selector, XfrmDirection direction) => new()
    {
        Selector = selector,
        Direction = direction,
        Mode = sa.Mode,
        TunnelSource = sa.Source,
        TunnelDestination = sa.Destination,
        ReqId = sa.ReqId,
        Spi = direction == XfrmDirection.Out ? sa.Spi : 0,
        Priority = PolicyPriority.Of(selector),
    };
}
