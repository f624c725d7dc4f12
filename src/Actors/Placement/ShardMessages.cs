using System.Globalization;
using Concentrator.Actors.Messages;

namespace Concentrator.Actors.Placement;

/// <summary>A message for the anchor of one shard, wherever that lives.</summary>
internal interface IShardMessage : INodeMessage
{
    byte Shard { get; }
}

/// <summary>To be, no more: whoever lives here is awake. Starts a shard that no node has.</summary>
internal sealed record WakeShard(byte Shard) : IShardMessage;

/// <summary>How anchors are named among the sessions, whose ids are 14 hexadecimal digits.</summary>
internal static class AnchorName
{
    private const string Prefix = "anchor-";

    public static string Of(byte shard) => Prefix + shard.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null where the entity is a session.</summary>
    public static byte? ShardOf(string entityId) => entityId.StartsWith(Prefix, StringComparison.Ordinal)
        ? byte.Parse(entityId.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture)
        : null;
}
