using System.Data.Common;

namespace Concentrator.Actors.Store;

/// <summary>A life as the table <c>node</c> has it.</summary>
internal sealed record LifeRow(long Epoch, NodeIdentity Node, NodePlace Place, long Beats)
{
    public const string Query = "select epoch, name, address, place, process, beats, keys from node";

    public static LifeRow Read(DbDataReader row) => new(
        row.GetInt64(0),
        new NodeIdentity(row.GetString(1), row.GetString(2)) { Keys = row.GetString(6).Split(' ', StringSplitOptions.RemoveEmptyEntries) },
        new NodePlace(row.GetString(3), row.GetString(4)),
        row.GetInt64(5));
}

/// <summary>When two nodes cannot both be: the same for every database.</summary>
internal static class LifeRules
{
    /// <summary>Longer than a living node is silent.</summary>
    public static readonly TimeSpan Watch = TimeSpan.FromSeconds(2.5);

    /// <summary>How often a node says that it lives.</summary>
    public static readonly TimeSpan BeatPeriod = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Those that would clash with a new node of this identity, if they live. <paramref name="isOneNodes"/>: the database is one node's alone, and any other
    /// that lives is one too many.
    /// </summary>
    public static IReadOnlyList<LifeRow> Rivals(IEnumerable<LifeRow> lives, NodeIdentity node, bool isOneNodes) =>
        [.. lives.Where(life => !life.Place.IsOver && (isOneNodes || life.Node.Name == node.Name || life.Node.Address == node.Address || UnknownKey(node, life.Node) is not null))];

    /// <param name="isGivenUp">As the table has it; null: it has no such life.</param>
    public static LifeState State(bool? isGivenUp) => isGivenUp is not { } givenUp ? LifeState.Forgotten : givenUp ? LifeState.GivenUp : LifeState.Known;

    /// <summary>Those whose heart went on beating between two looks.</summary>
    public static LifeRow? Living(IReadOnlyList<LifeRow> before, IReadOnlyList<LifeRow> after) =>
        after.FirstOrDefault(life => before.Any(old => old.Epoch == life.Epoch && old.Beats != life.Beats));

    public static StoreConflictException Conflict(NodeIdentity node, LifeRow life)
    {
        NodeIdentity other = life.Node;
        return new($"node '{node.Name}' at {node.Address} cannot start: node '{other.Name}' at {other.Address} lives, and " + (other.Name == node.Name ? "has the same name"
            : other.Address == node.Address ? "has the same address"
            : UnknownKey(node, other) is { } key ? $"has other keys (only one of the two has {key}): what one stores the other could not go on with. A new key is given to all nodes before the last line first, and then as the last one"
            : "uses the same file: nodes that share sessions need PostgreSQL"));
    }

    /// <summary>The key under which one of the two writes, and that the other does not have.</summary>
    private static string? UnknownKey(NodeIdentity one, NodeIdentity other) =>
        one.Keys.Count == 0 || other.Keys.Count == 0 ? null
        : !one.Keys.Contains(other.Keys[^1]) ? other.Keys[^1]
        : !other.Keys.Contains(one.Keys[^1]) ? one.Keys[^1]
        : null;
}
