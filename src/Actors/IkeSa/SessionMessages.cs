using Akka.Actor;
using Concentrator.Actors.Messages;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

/// <summary>A message for the actor of one session; the shard region reads where it goes from <see cref="Session"/> alone.</summary>
internal interface ISessionMessage : INodeMessage
{
    SessionId Session { get; }
}

/// <summary>A datagram that passed the gate. The receiver owns <see cref="Datagram"/> and releases it.</summary>
internal sealed record DeliverDatagram(SessionId Session, InboundDatagram Datagram) : ISessionMessage;

/// <summary>Anything else that is to happen to an IKE SA.</summary>
internal sealed record DeliverInput(SessionId Session, SessionInput Input) : ISessionMessage;

/// <summary>To a session of this node: the service address that its peer knows is on another node than before.</summary>
internal sealed record FollowAddress(SessionId Session) : ISessionMessage, INoSerializationVerificationNeeded;

/// <summary>What the shard sends to an actor that asked to be passivated: nothing of it is left, it may stop.</summary>
internal sealed record StopSession : INoSerializationVerificationNeeded
{
    public static StopSession Instance { get; } = new();
}

/// <summary>What the shard sends when it moves to another node or the node leaves: close, then stop. Messages already queued are still handled.</summary>
internal sealed record DrainSession : INoSerializationVerificationNeeded
{
    public static DrainSession Instance { get; } = new();
}

/// <summary>To the router: nobody need count this IKE SA as half open any more.</summary>
internal sealed record SessionSettled(SessionId Session) : INoSerializationVerificationNeeded;
