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
public sealed record AnnounceEstablished(Identity Local, Identity Remote, UniquePolicy Unique, bool ReplaceOthers) : SessionEffect;

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
