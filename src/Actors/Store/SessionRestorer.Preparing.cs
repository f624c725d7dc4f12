using Akka.Actor;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Store;

internal sealed partial class SessionRestorer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Puts the SAs of these sessions, which are still another node's, into this node's kernel as they are stored, instead of what was prepared earlier. When their shard is
    /// claimed the same is found there.
    /// </summary>
    /// <exception cref="StoreException">The store cannot be had.</exception>
    /// <exception cref="AskTimeoutException">Store or kernel do not answer.</exception>
    public async Task<SessionsPrepared> PrepareAsync(IReadOnlyList<SessionId> wanted, CancellationToken cancel)
    {
        RowsRead rows = await node.Actors.Store.Ask<RowsRead>(new ReadRows(wanted), Patience, cancel).ConfigureAwait(false);
        List<(ClaimedSession Row, RestoredSession Restored)> sessions = [];
        int bad = 0;
        try
        {
            foreach (ClaimedSession row in rows.Sessions)
            {
                if (node.Sessions.Contains(row.Session)) continue;
                node.Actors.Kernel.Tell(new ReleaseRestored(row.Session));
                if (TryOpen(row, out RestoredSession? restored, out _, out _)) sessions.Add((row, restored));
                else bad++;
            }

            SasRestored sas = await InstallAsync(sessions, Patience, cancel).ConfigureAwait(false);
            return new SessionsPrepared(sessions.Count, sas.Refused + bad, "");
        }
        finally
        {
            foreach ((_, RestoredSession restored) in sessions) restored.Dispose();
        }
    }
}
