using System.Net;

namespace Concentrator.Kernel;

/// <summary>The way that the packets of a child take: both ends, and whether ESP travels in UDP between these ports.</summary>
public sealed record ChildPath(IPEndPoint Local, IPEndPoint Remote, bool UdpEncapsulation)
{
    internal SaPlace PlaceOf(XfrmDirection direction)
    {
        (IPEndPoint source, IPEndPoint destination) = direction == XfrmDirection.Out ? (Local, Remote) : (Remote, Local);
        return new SaPlace(
            source.Address, destination.Address, UdpEncapsulation ? new UdpEncapsulation((ushort)source.Port, (ushort)destination.Port) : null);
    }
}

/// <summary>Where one SA is: what of it may change while it lives.</summary>
internal sealed record SaPlace(IPAddress Source, IPAddress Destination, UdpEncapsulation? Encapsulation)
{
    public static SaPlace Of(SaSpec sa) => new(sa.Source, sa.Destination, sa.Encapsulation);

    public SaSpec Apply(SaSpec sa) => sa with { Source = Source, Destination = Destination, Encapsulation = Encapsulation };
}
