namespace Concentrator.Kernel;

/// <summary>What an IKE socket needs beyond a UDP socket.</summary>
/// <param name="XfrmBypass">The host's own IPsec policies do not catch this socket's packets (IP_XFRM_POLICY).</param>
/// <param name="UdpEncapsulation">The kernel takes ESP out of UDP on this socket, RFC 3948 (UDP_ENCAP); what begins with four zero octets comes to us.</param>
public sealed record UdpSocketOptions(bool XfrmBypass = false, bool UdpEncapsulation = false);

/// <summary>Receives one datagram on the socket's reading thread; the span is valid only during the call.</summary>
public delegate void DatagramHandler(ReadOnlySpan<byte> payload, in UdpEndpoint local, in UdpEndpoint remote);
