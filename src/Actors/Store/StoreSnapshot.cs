namespace Concentrator.Actors.Store;

/// <summary>How the session store fares. Counts are from the start of the node.</summary>
/// <param name="IsAvailable">False: the database cannot be had, and new IKE SAs are refused.</param>
/// <param name="Behind">Living sessions whose row is not what it should be.</param>
/// <param name="RowsWritten">Rows that were committed.</param>
/// <param name="Batches">In so many transactions.</param>
/// <param name="Fenced">Rows that another node had taken.</param>
/// <param name="Failures">Calls that the database did not answer as it should.</param>
/// <param name="Restored">Sessions that were taken over.</param>
/// <param name="RefusedSas">Children of them that the kernel refused.</param>
/// <param name="BadRows">Rows that could not be used, by the reason.</param>
public sealed record StoreSnapshot(
    bool IsAvailable, int Behind, long RowsWritten, long Batches, long Fenced, long Failures, long Restored, long RefusedSas, IReadOnlyList<(string Why, long Count)> BadRows)
{
    internal static StoreSnapshot Of(StoreBoard board) => new(
        board.IsAvailable, board.Dirty, board.RowsWritten, board.Batches, board.Fenced, board.Failures, board.Restored, board.Refused,
        [.. board.BadRows.Select(bad => (bad.Why.ToString(), bad.Count))]);
}
