using System.Globalization;
using Akka.Cluster.Sharding;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// Finds the shard and the actor of a message. The shard is a pure function of the session id; in it, who is in this node's directory has its own actor, and the
/// anchor stands for all others.
/// </summary>
internal sealed class SessionMessageExtractor(SessionDirectory sessions) : IMessageExtractor
{
    private static readonly string[] ShardNames =
        [.. Enumerable.Range(0, SessionId.ShardCount).Select(shard => shard.ToString(CultureInfo.InvariantCulture))];

    private static readonly string[] AnchorNames = [.. Enumerable.Range(0, SessionId.ShardCount).Select(shard => AnchorName.Of((byte)shard))];

    public string? EntityId(object message) => message switch
    {
        ISessionMessage addressed when sessions.Contains(addressed.Session) => addressed.Session.EntityId,
        ISessionMessage stranger => AnchorNames[stranger.Session.Shard],
        IShardMessage shard => AnchorNames[shard.Shard],
        _ => null,
    };

    public object? EntityMessage(object message) => message;

    public string? ShardId(object message) => message switch
    {
        ISessionMessage addressed => ShardNames[addressed.Session.Shard],
        IShardMessage shard => ShardNames[shard.Shard],
        _ => null,
    };

    public string ShardId(string entityId, object? messageHint = null) => ShardNames[AnchorName.ShardOf(entityId) ?? SessionId.Parse(entityId).Shard];
}
