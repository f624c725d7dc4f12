using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Selectors;

namespace Concentrator.Ike.Session;

/// <summary>What an IKE SA tells a CHILD_SA actor.</summary>
public abstract record ChildCommand;

/// <summary>Initiator: reserve an inbound SPI between these addresses. Answered by <see cref="SpiReserved"/> or <see cref="ChildRefused"/>.</summary>
public sealed record ReserveSpi(IPAddress Local, IPAddress Remote) : ChildCommand;

/// <summary>
/// Install both SAs and their policies; as responder reserve the inbound SPI first.
/// Answered by <see cref="ChildInstalled"/> or <see cref="ChildRefused"/>.
/// </summary>
public sealed record InstallChild(ChildSaParameters Parameters) : ChildCommand;

/// <summary>Take everything of this child out of the kernel. Answered by <see cref="ChildRemoved"/>.</summary>
public sealed record RemoveChild(string Reason) : ChildCommand;

/// <summary>
/// What was negotiated for a CHILD_SA. <see cref="Keys"/> belong to whoever receives this. <see cref="KeysAreInitiators"/>: we are the
/// initiator of the exchange, so the initiator's keys protect what we send (RFC 7296 §2.17).
/// </summary>
public sealed record ChildSaParameters(
    EspSuite Suite,
    ChildKeys Keys,
    bool KeysAreInitiators,
    uint PeerSpi,
    IReadOnlyList<TrafficSelector> Local,
    IReadOnlyList<TrafficSelector> Remote,
    ChildMode Mode,
    IPEndPoint LocalEndpoint,
    IPEndPoint RemoteEndpoint,
    bool UdpEncapsulation);
