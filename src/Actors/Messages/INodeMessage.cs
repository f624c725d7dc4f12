using Akka.Actor;

namespace Concentrator.Actors.Messages;

/// <summary>A message that may go to another node: it has a <see cref="MessageKind"/>. Every other message of ours stays on its node, and says so with Akka's marker.</summary>
internal interface INodeMessage;

/// <summary>What a node of another version sent and this one does not know: nobody acts on it.</summary>
internal sealed record UnknownMessage(string Manifest) : INoSerializationVerificationNeeded;
