using System.Net;
using Akka.Actor;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>One trap: which child of which connection traffic is to bring up, and between which ends.</summary>
internal sealed record TrapPlan(ConnectionConfig Connection, ChildConfig Child, IPAddress Local, IPAddress Remote, uint ReqId)
{
    /// <summary>Unique on the node. A connection that anybody may use has a trap for each peer.</summary>
    public string Name => NameOf(Connection.Name, Child.Name, Connection.CallableAddress is null ? Remote : null);

    public static string NameOf(string connection, string child, IPAddress? remote) => remote is null ? $"{connection}/{child}" : $"{connection}/{child}@{remote}";
}

/// <summary>
/// To the KernelActor, from anybody: set this trap, for <see cref="Owner"/>, who is watched and gets the answer: <see cref="TrapSet"/> or
/// <see cref="TrapRefused"/>. One of the same name is replaced.
/// </summary>
internal sealed record SetTrap(TrapPlan Plan, IActorRef Owner) : INoSerializationVerificationNeeded;

internal sealed record TrapSet(TrapPlan Plan) : INoSerializationVerificationNeeded;

/// <summary>The kernel refused, and is as it was before.</summary>
internal sealed record TrapRefused(TrapPlan Plan, Refusal Refusal) : INoSerializationVerificationNeeded;

/// <summary>
/// To the KernelActor, from the owner of the trap of this name: take it away. Answered by <see cref="TrapRemoved"/>, also where there is none. What children of it
/// are up keep their policies.
/// </summary>
internal sealed record RemoveTrap(string Name, IActorRef Owner) : INoSerializationVerificationNeeded;

internal sealed record TrapRemoved(string Name) : INoSerializationVerificationNeeded;

/// <summary>To the owner of a trap: this packet has no SA to go through.</summary>
internal sealed record TrapSprung(TrapPlan Plan, PacketSelectors Packet) : INoSerializationVerificationNeeded;
