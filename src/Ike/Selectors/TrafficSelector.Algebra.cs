using System.Net;

namespace Concentrator.Ike.Selectors;

/// <summary>Traffic selectors as sets: what lies in both, and whether one lies in the other (RFC 7296 §2.9).</summary>
public sealed partial record TrafficSelector
{
    private bool IsOpaque => StartPort == ushort.MaxValue && EndPort == 0;

    /// <summary>The traffic that both select; null when there is none.</summary>
    public TrafficSelector? Intersect(TrafficSelector other)
    {
        if (Type != other.Type || (Protocol != 0 && other.Protocol != 0 && Protocol != other.Protocol)) return null;
        IPAddress start = AddressValue.Of(Start) >= AddressValue.Of(other.Start) ? Start : other.Start;
        IPAddress end = AddressValue.Of(End) <= AddressValue.Of(other.End) ? End : other.End;
        if (AddressValue.Of(start) > AddressValue.Of(end) || !IntersectPorts(other, out ushort startPort, out ushort endPort)) return null;
        return new TrafficSelector(start, end, Protocol != 0 ? Protocol : other.Protocol, startPort, endPort);
    }

    /// <summary>All that this selects, the other selects too.</summary>
    public bool IsSubsetOf(TrafficSelector other) => Intersect(other) is { } both && both == this;

    private bool IntersectPorts(TrafficSelector other, out ushort start, out ushort end)
    {
        // RFC 7296 §3.13.1: OPAQUE is a class of its own; only "any port" and OPAQUE itself contain it.
        if (IsOpaque || other.IsOpaque)
        {
            (start, end) = (ushort.MaxValue, 0);
            return (IsOpaque || AllPorts) && (other.IsOpaque || other.AllPorts);
        }

        start = Math.Max(StartPort, other.StartPort);
        end = Math.Min(EndPort, other.EndPort);
        return start <= end;
    }

    private bool AllPorts => StartPort == 0 && EndPort == ushort.MaxValue;
}
