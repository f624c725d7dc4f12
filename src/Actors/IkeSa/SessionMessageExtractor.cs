using System.Globalization;
using Akka.Cluster.Sharding;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.IkeSa;

/// <summary>Finds the shard and the actor of a session's message: a pure function of its session id.</summary>
internal sealed class SessionMessageExtractor : IMessageExtractor
{
    private static readonly string[] ShardNames =
        [.. Enumerable.Range(0, SessionId.ShardCount).Select(shard => shard.ToString(CultureInfo.InvariantCulture))];

    public string? EntityId(object message) => (message as ISessionMessage)?.Session.EntityId;

    public object? EntityMessage(object message) => message;

    public string? ShardId(object message) => message is ISessionMessage addressed ? ShardNames[addressed.Session.Shard] : null;

    public string ShardId(string entityId, object? messageHint = null) => ShardNames[SessionId.Parse(entityId).Shard];
}
