namespace Concentrator.Kernel;

/// <summary>
/// A backend that takes and sends ESP itself, through the sockets of the node's NAT-traversal port (RFC 3948). Such a backend has no ESP but in UDP:
/// its node makes peers encapsulate.
/// </summary>
public interface IEspInUdp
{
    /// <summary>From now on ESP may leave by this socket. The socket stays the caller's, who disposes the port first.</summary>
    IEspPort Attach(UdpSocket socket);
}

/// <summary>One socket's ESP. <see cref="Receive"/> is for the socket's reading thread; disposing it ends what leaves by the socket.</summary>
public interface IEspPort : IDisposable
{
    /// <summary>
    /// Takes a datagram that is neither IKE nor a keepalive; its octets are changed. Blocks nowhere and takes no memory. False: no SA has its SPI.
    /// </summary>
    bool Receive(Span<byte> datagram, in UdpEndpoint local, in UdpEndpoint remote, byte trafficClass);
}
