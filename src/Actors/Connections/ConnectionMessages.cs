using System.Net;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Connections;

/// <summary>The node listens: connections that are to be up at start are called.</summary>
internal sealed record CallStartConnections : INoSerializationVerificationNeeded;

/// <summary>Call a connection and bring up these children of it; by name, as an operator does.</summary>
internal sealed record Call(string Connection, IReadOnlyList<string> Children) : INoSerializationVerificationNeeded;

/// <summary>
/// Puts another configuration in force: what <paramref name="Change"/> makes of the present one, called on the actor's thread, so it must be quick. Answered by
/// the new <see cref="GatewayConfig"/>, or by Status.Failure with what it threw, and then nothing has changed. Secrets that the new one no longer has are zeroed.
/// </summary>
internal sealed record Reconfigure(Func<GatewayConfig, GatewayConfig> Change) : INoSerializationVerificationNeeded;

/// <summary>
/// An operator wants the trap of this child set, or its traps removed; without a connection, of the first that has such a child. Answered by Done
/// once the kernel has done it, or by Status.Failure with a <see cref="RequestRefusedException"/>.
/// </summary>
internal sealed record ChangeTrap(string? Connection, string Child, bool IsWanted) : INoSerializationVerificationNeeded;

/// <summary>Answered by the plans of the traps that are set.</summary>
internal sealed record GetTraps : INoSerializationVerificationNeeded;

/// <summary>The node stops: nothing is called any more.</summary>
internal sealed record StopCalling : INoSerializationVerificationNeeded;

/// <summary>An IKE SA stands for this pair of identities now.</summary>
internal sealed record SessionEstablished(
    SessionId Session, string Connection, Identity Local, Identity Remote, UniquePolicy Unique, bool ReplaceOthers, IPAddress? RemoteAddress) : INoSerializationVerificationNeeded
{
    /// <inheritdoc cref="AnnounceEstablished.IsResumed"/>
    public bool IsResumed { get; init; }

    public TimeSpan Age { get; init; }
}

/// <summary>An IKE SA goes on here that another life, or another node, began. <see cref="Children"/>: those that are to be up.</summary>
internal sealed record SessionResumed(SessionId Session, string Connection, bool IsInitiator, IReadOnlyList<string> Children, IkePath Path) : INoSerializationVerificationNeeded;

/// <summary>What became of a child that traffic asked an IKE SA for.</summary>
internal sealed record TrafficServed(SessionId Session, string Connection, string Child, bool IsUp) : INoSerializationVerificationNeeded;

/// <summary>This IKE SA ends, and these children of it are to come again on another. <see cref="Path"/>: where the peer was.</summary>
internal sealed record CallAgain(SessionId Session, ConnectionConfig Connection, IReadOnlyList<string> Children, IkePath Path) : INoSerializationVerificationNeeded;

/// <summary>The peer of this IKE SA has sent us to another gateway.</summary>
internal sealed record CallGateway(SessionId Session, CallElsewhere Call) : INoSerializationVerificationNeeded;

/// <summary>Where that gateway is; null: its name leads nowhere.</summary>
internal sealed record GatewayFound(Attempt Attempt, CallElsewhere Call, IPAddress? Address) : INoSerializationVerificationNeeded;

/// <summary>ESP came in with an SPI that no SA has; not more often than it may be answered. The peer's port is 0 where it was not in UDP.</summary>
internal sealed record StrayEsp(uint Spi, IPEndPoint Peer, IPEndPoint Local) : INoSerializationVerificationNeeded;

/// <summary>An IKE SA is over.</summary>
internal sealed record SessionOver(SessionId Session, EndReason Reason, bool WasEstablished) : INoSerializationVerificationNeeded;
