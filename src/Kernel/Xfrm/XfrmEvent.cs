using System.Net;

namespace Concentrator.Kernel;

/// <summary>What the kernel tells unasked.</summary>
public abstract record XfrmEvent;

/// <summary>XFRM_MSG_ACQUIRE: traffic matched an outbound policy without an SA. <see cref="Packet"/> selects the first such packet alone.</summary>
public sealed record Acquire(uint PolicyIndex, uint ReqId, XfrmSelector Packet) : XfrmEvent
{
    public IPAddress Source => Packet.Source.BaseAddress;

    public IPAddress Destination => Packet.Destination.BaseAddress;
}

/// <summary>
/// XFRM_MSG_EXPIRE: a limit of an SA was reached; <see cref="Hard"/>: and the SA is gone. SPI 0: nobody brought up in time what an
/// <see cref="Acquire"/> asked for; the next packet asks again.
/// </summary>
public sealed record Expire(SaId Id, uint ReqId, bool Hard) : XfrmEvent;

/// <summary>XFRM_MSG_MAPPING: ESP came from another address or port than before.</summary>
public sealed record Mapping(SaId Id, uint ReqId, IPAddress NewAddress, ushort NewPort) : XfrmEvent;

/// <summary>
/// ESP came in with an SPI that no SA has. Netlink does not tell this; a backend that sees packets may. <see cref="Peer"/>'s port is 0 where ESP was not in UDP.
/// </summary>
public sealed record UnknownSpi(uint Spi, IPEndPoint Peer, IPEndPoint Local) : XfrmEvent;

/// <summary>The event socket overflowed: anything may have been missed, so what is in the kernel must be looked at.</summary>
public sealed record EventsLost : XfrmEvent;
