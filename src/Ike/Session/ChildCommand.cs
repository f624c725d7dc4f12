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

/// <summary>Send through this child now, in the place of the one that it replaces. Answered by <see cref="ChildActivated"/> or <see cref="ChildRefused"/>.</summary>
public sealed record ActivateChild : ChildCommand;

/// <summary>Send no more through this child; what the peer still sends is received until <see cref="RemoveChild"/>. Not answered.</summary>
public sealed record RetireChild : ChildCommand;

/// <summary>
/// Both SAs and the policies go on between these ends, in UDP or not. Answered only where that failed, by <see cref="ChildRefused"/>: then nothing of the
/// child is left.
/// </summary>
public sealed record MoveChild(IPEndPoint Local, IPEndPoint Remote, bool UdpEncapsulation) : ChildCommand;

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
    bool UdpEncapsulation)
{
    /// <summary>The kernel's limits.</summary>
    public ChildLimits Limits { get; init; } = new();

    /// <summary>It replaces a child, and the peer is not known to be ready: what that one sends it goes on sending until <see cref="ActivateChild"/>.</summary>
    public bool HoldOutbound { get; init; }
}

/// <summary>What the kernel watches over: a soft limit is told, a hard one ends the SA. 0: without.</summary>
public sealed record ChildLimits(ulong SoftBytes = 0, ulong HardBytes = 0, ulong SoftPackets = 0, ulong HardPackets = 0, TimeSpan HardTime = default);
