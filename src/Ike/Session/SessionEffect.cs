using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>What an IKE SA wants done. The actor performs these in order.</summary>
public abstract record SessionEffect;

/// <summary>Send this IKE message; the marker is added where the path wants it.</summary>
public sealed record Transmit(ReadOnlyMemory<byte> Message, IkePath Path) : SessionEffect;

/// <summary>Send a NAT keepalive, one octet (RFC 3948 §2.3).</summary>
public sealed record TransmitKeepalive(IkePath Path) : SessionEffect;

/// <summary>Set a timer, replacing one of the same name.</summary>
public sealed record ArmTimer(SessionTimer Timer, TimeSpan Delay) : SessionEffect;

public sealed record CancelTimer(SessionTimer Timer) : SessionEffect;

/// <summary>Start a CHILD_SA actor.</summary>
public sealed record StartChild(ChildPlan Plan) : SessionEffect;

/// <summary>Tell a CHILD_SA actor.</summary>
public sealed record TellChild(uint ChildId, ChildCommand Command) : SessionEffect;

/// <summary>Ask the kernel how many packets each child has received and sent; answered by <see cref="TrafficCounted"/>, or not at all.</summary>
public sealed record AskForTraffic : SessionEffect;

/// <summary>
/// The peer is authenticated: this IKE SA now stands for the pair of identities. <see cref="ReplaceOthers"/>: older ones of
/// the same pair are to be abandoned (INITIAL_CONTACT or <c>unique = replace</c>).
/// </summary>
public sealed record AnnounceEstablished(Identity Local, Identity Remote, UniquePolicy Unique, bool ReplaceOthers) : SessionEffect
{
    /// <summary>It was taken over from another life, or another node, and is this old.</summary>
    public bool IsResumed { get; init; }

    public TimeSpan Age { get; init; }
}

/// <summary>
/// The peer asks for addresses inside the tunnel: lease them from these pools, tried in this order. <see cref="Asked"/> has one address for each that is wanted,
/// the unspecified one of its family where any will do. An address that another IKE SA of this identity holds is the peer's as well when that one is about to
/// be replaced (<see cref="TakesOver"/>), or when it is asked for by name from the same place. Answered by <see cref="AddressesLeased"/> or <see cref="AddressesRefused"/>.
/// </summary>
public sealed record LeaseAddresses(
    IReadOnlyList<string> Pools, IReadOnlyList<IPAddress> Asked, Identity Identity, IPAddress Peer, bool TakesOver) : SessionEffect;

/// <summary>This IKE SA needs its leases no more, those included that are still being asked for.</summary>
public sealed record ReleaseAddresses : SessionEffect;

/// <summary>
/// The peer has given us these addresses inside the tunnel: add them to this host, on the way that the path goes, before what follows reaches the kernel. Where that
/// fails the answer is <see cref="AddressesNotUsable"/>, else there is none.
/// </summary>
public sealed record UseAddresses(IReadOnlyList<IPAddress> Addresses, IkePath Path) : SessionEffect;

/// <summary>This IKE SA needs the addresses of <see cref="UseAddresses"/> no more.</summary>
public sealed record DropAddresses : SessionEffect;

/// <summary>What became of a child that <see cref="ServeTraffic"/> asked for.</summary>
public sealed record ChildServed(string Name, bool IsUp) : SessionEffect;

/// <summary>
/// Traffic is to bring this child up from now on: set a trap between these ends. What follows, such as the removal of the child that was, must not reach the
/// kernel before it.
/// </summary>
public sealed record LeaveTrap(ConnectionConfig Connection, ChildConfig Child, IPAddress Local, IPAddress Remote) : SessionEffect;

/// <summary>
/// This IKE SA is at its end, and these children are to be up all the same: call the peer anew. <see cref="Path"/> is the way it was; where the configuration
/// names the peer's address, that is the way to go.
/// </summary>
public sealed record CallAnew(ConnectionConfig Connection, IReadOnlyList<string> Children, IkePath Path) : SessionEffect;

/// <summary>
/// The peer has redirected us (RFC 5685): call <see cref="To"/> in its stead, for these children. <see cref="Path"/> leads to who has redirected, which the new
/// gateway is told. <see cref="Redirects"/>: when that happened, this time included; it goes into the next <see cref="Initiate"/>.
/// </summary>
public sealed record CallElsewhere(
    ConnectionConfig Connection, IReadOnlyList<string> Children, IkePath Path, GatewayIdentity To, IReadOnlyList<TimeSpan> Redirects) : SessionEffect;

/// <summary>
/// What <see cref="IkeSession.Export"/> gives when this is performed has to be committed before anything that follows it, here or later, is performed. Null
/// then: the IKE SA has come to its end, and the store forgets it. Only where <see cref="SessionContext.IsPersistent"/>, and never before the peer is authenticated.
/// Where it cannot be committed: a session that has not been announced is told <see cref="StoreLost"/>, and what follows is not performed; any other goes on.
/// </summary>
public sealed record Persist : SessionEffect
{
    public static Persist Now { get; } = new();
}

/// <summary>Something to log, count or draw.</summary>
public sealed record Report(SessionEvent Event) : SessionEffect;

/// <summary>The IKE SA is over. Nothing follows.</summary>
public sealed record Ended(EndReason Reason) : SessionEffect;
