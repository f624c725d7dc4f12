using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Vici.Commands;

/// <summary>What becomes of IKE SAs of other nodes: they tell no events here, so they are looked at from time to time.</summary>
internal static class ElsewhereWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>False: the time is up. Zero: without limit, as vici has it.</summary>
    /// <param name="node">Asks the others.</param>
    /// <param name="isSo">Given those that are up.</param>
    /// <param name="timeout">From now.</param>
    /// <param name="gone">Ends it.</param>
    public static async Task<bool> UntilAsync(ConcentratorNode node, Func<IReadOnlyDictionary<Actors.Routing.SessionId, IkeSaSnapshot>, bool> isSo, TimeSpan timeout, CancellationToken gone)
    {
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(gone);
        if (timeout > TimeSpan.Zero) ends.CancelAfter(timeout);
        try
        {
            while (true)
            {
                Dictionary<Actors.Routing.SessionId, IkeSaSnapshot> up = [];
                await foreach (PlacedIkeSa placed in node.ListElsewhereAsync(withTraffic: false, ends.Token).ConfigureAwait(false))
                {
                    if (placed.IkeSa.State != IkeSaState.Tombstone) up[placed.IkeSa.Session] = placed.IkeSa;
                }

                if (isSo(up)) return true;
                await Task.Delay(Pause, ends.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return false;
        }
    }
}
