using System.Net;

namespace Concentrator.Kernel.Userspace;

/// <summary>A policy in the SPD, its selector made ready for comparing. <see cref="Index"/> is what acquires name it by, and the order of age.</summary>
internal sealed class PolicyEntry(PolicySpec spec, uint index)
{
    private readonly XfrmSelector _selector = spec.Selector;

    public PolicySpec Spec { get; } = spec;

    public uint Index { get; } = index;

    /// <summary>Nobody else has policies here.</summary>
    public PolicyInfo Info => new(Spec.Key, Spec.Priority, Spec.ReqId, Spec.Spi) { IsOurs = true, Mode = Spec.Mode, Tunnel = (Spec.TunnelSource, Spec.TunnelDestination) };

    /// <summary>The SA that the template names; without meaning when <see cref="PolicySpec.Spi"/> is 0.</summary>
    public SaKey SaKey { get; } = SaKey.Of(new SaId(spec.TunnelDestination, spec.Spi));

    /// <summary>Prefixes apart: <see cref="PolicyIndex"/> has compared them.</summary>
    public bool Fits(in Flow flow)
    {
        if (_selector.Protocol != 0 && _selector.Protocol != flow.Protocol) return false;
        if (_selector.SourcePortMask == 0 && _selector.DestinationPortMask == 0) return true;
        return flow.HasPorts
            && ((flow.SourcePort ^ _selector.SourcePort) & _selector.SourcePortMask) == 0
            && ((flow.DestinationPort ^ _selector.DestinationPort) & _selector.DestinationPortMask) == 0;
    }

    /// <summary>The lowest number wins, of equals the oldest.</summary>
    public bool Precedes(PolicyEntry other) => Spec.Priority != other.Spec.Priority ? Spec.Priority < other.Spec.Priority : Index < other.Index;
}
