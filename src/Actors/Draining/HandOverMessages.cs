using System.Net;
using Akka.Actor;
using Concentrator.Actors.Messages;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Draining;

/// <summary>To this node's <see cref="HandOverActor"/>: the node of this key is to have this address; see that it has the SAs that belong to it. Answered by <see cref="AddressPrepared"/>.</summary>
internal sealed record PrepareAddress(IPAddress Address, string Node) : INoSerializationVerificationNeeded;

/// <param name="Address">Which.</param>
/// <param name="Node">The key of the node that is to have it.</param>
/// <param name="Sessions">How many of its sessions are in that node's kernel now.</param>
/// <param name="Refused">How many SAs that node's kernel refused, or could not be read.</param>
/// <param name="Problem">Why that node is not prepared; null: it is.</param>
internal sealed record AddressPrepared(IPAddress Address, string Node, int Sessions, int Refused, string? Problem) : INoSerializationVerificationNeeded;

/// <summary>
/// To the <see cref="HandOverActor"/> of another node: these sessions are about to come to you; install what is stored of them. They stay the sender's until their shards
/// come. Answered by <see cref="SessionsPrepared"/>.
/// </summary>
internal sealed record PrepareSessions(IReadOnlyList<SessionId> Sessions) : INodeMessage;

/// <param name="Sessions">How many are in the kernel now.</param>
/// <param name="Refused">How many SAs the kernel refused, and rows that cannot be used.</param>
/// <param name="Problem">Why none are; empty: they are.</param>
internal sealed record SessionsPrepared(int Sessions, int Refused, string Problem) : INodeMessage;
