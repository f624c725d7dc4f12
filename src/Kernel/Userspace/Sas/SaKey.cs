using System.Net;

namespace Concentrator.Kernel.Userspace;

/// <summary><see cref="SaId"/> as a value, so that looking one up for a packet takes no memory.</summary>
internal readonly record struct SaKey(UInt128 Destination, bool IsIpv6, uint Spi)
{
    public static SaKey Of(SaId id)
    {
        UdpEndpoint endpoint = UdpEndpoint.From(new IPEndPoint(id.Destination, 0));
        return new SaKey(endpoint.Bits, endpoint.IsIpv6, id.Spi);
    }
}
