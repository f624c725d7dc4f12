using System.Net;

namespace Concentrator.Ike.Session;

/// <summary>
/// The way between this gateway and a peer: both addresses and ports, and whether messages carry the non-ESP marker
/// because they travel on the NAT-traversal port (RFC 7296 §2.23, RFC 3948 §2.2).
/// </summary>
public sealed record IkePath(IPEndPoint Local, IPEndPoint Remote, bool NonEspMarker);
