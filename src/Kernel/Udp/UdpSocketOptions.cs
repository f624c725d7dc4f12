namespace Concentrator.Kernel;

/// <summary>What an IKE socket needs beyond a UDP socket.</summary>
/// <param name="XfrmBypass">The host's own IPsec policies do not catch this socket's packets (IP_XFRM_POLICY).</param>
/// <param name="UdpEncapsulation">The kernel takes ESP out of UDP on this socket, RFC 3948 (UDP_ENCAP); what begins with four zero octets comes to us.</param>
/// <param name="CarriesEsp">We take ESP out of UDP ourselves: traffic classes are told, what is too large is fragmented, buffers are large.</param>
/// <param name="Mark">What leaves by it has this mark (SO_MARK), so that routing rules can tell it; 0: none.</param>
public sealed record UdpSocketOptions(bool XfrmBypass = false, bool UdpEncapsulation = false, bool CarriesEsp = false, uint Mark = 0);

/// <summary>
/// Receives one datagram on the socket's reading thread; the span is the handler's, to be changed at will, but only during the call.
/// </summary>
/// <param name="payload">The datagram.</param>
/// <param name="local">The address it was sent to, with the socket's port.</param>
/// <param name="remote">Where it came from.</param>
/// <param name="trafficClass">DSCP and ECN of its IP header; 0 unless the socket <see cref="UdpSocketOptions.CarriesEsp"/>.</param>
public delegate void DatagramHandler(Span<byte> payload, in UdpEndpoint local, in UdpEndpoint remote, byte trafficClass);
