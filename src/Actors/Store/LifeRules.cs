namespace Concentrator.Actors.Store;

/// <summary>A life as the table <c>node</c> has it.</summary>
internal sealed record LifeRow(long Epoch, string Name, string Address, NodePlace Place, long Beats);

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
        [.. lives.Where(life => !life.Place.IsOver && (isOneNodes || life.Name == node.Name || life.Address == node.Address))];

    /// <summary>Those whose heart went on beating between two looks.</summary>
    public static LifeRow? Living(IReadOnlyList<LifeRow> before, IReadOnlyList<LifeRow> after) =>
        after.FirstOrDefault(life => before.Any(old => old.Epoch == life.Epoch && old.Beats != life.Beats));

    public static StoreConflictException Conflict(NodeIdentity node, LifeRow other) => new(
        $"node '{node.Name}' at {node.Address} cannot start: node '{other.Name}' at {other.Address} lives, and " + (other.Name == node.Name ? "has the same name"
            : other.Address == node.Address ? "has the same address"
            : "uses the same file: nodes that share sessions need PostgreSQL"));
}
