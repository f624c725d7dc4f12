using System.Diagnostics;
using Akka.Actor;
using Concentrator.Actors.Connections;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store.Bodies;
using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;

namespace Concentrator.Actors.Store;

/// <summary>
/// Takes over the sessions of a shard: its rows become this node's, the SAs go into the kernel, the sessions into the directory, and then, at a bounded rate, their
/// actors are woken. A row that cannot be used is told and left where it is; it costs the others nothing.
/// </summary>
/// <remarks>Parts: claiming here, Preparing (before the sessions come).</remarks>
internal sealed partial class SessionRestorer(NodeContext node, NodeStore store) : IShardClaim
{
    /// <summary>Half of the processors open rows at most: ten thousand come at once, and what is new has its turn between them.</summary>
    private readonly TaskFactory _opening = new(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Math.Max(1, Environment.ProcessorCount / 2)).ConcurrentScheduler);

    public async Task ClaimAsync(byte shard, CancellationToken cancel)
    {
        // It is waited for the answer though the shard leaves: until then the store may still make its rows ours.
        ShardClaimed claimed = await node.Actors.Store.Ask<ShardClaimed>(new ClaimShard(shard, cancel), CancellationToken.None).ConfigureAwait(false);
        if (claimed.Sessions.Count == 0) return;
        cancel.ThrowIfCancellationRequested();
        long begun = Stopwatch.GetTimestamp();
        List<(ClaimedSession Row, RestoredSession Restored)> sessions = await _opening.StartNew(() => OpenAll(shard, claimed.Sessions), cancel).ConfigureAwait(false);
        SasRestored sas;
        try
        {
            sas = await InstallAsync(sessions, Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(false);
        }
        catch
        {
            foreach ((ClaimedSession row, RestoredSession restored) in sessions)
            {
                // The shard has left before it was ready: whoever has it now claims anew. Else we do, and what was prepared earlier goes on until then.
                if (cancel.IsCancellationRequested) node.Actors.Kernel.Tell(new ReleaseRestored(row.Session));
                restored.Dispose();
            }

            throw;
        }

        // What was prepared of children that are gone by now nobody would ask for.
        foreach ((ClaimedSession row, _) in sessions.Where(session => session.Restored.IkeSa.ChildrenComingBack.Count == 0)) node.Actors.Kernel.Tell(new ReleaseRestored(row.Session));
        foreach ((ClaimedSession row, RestoredSession restored) in sessions) Enter(row.Session, restored, sas);
        store.Board.CountRestored(sessions.Count);
        store.Board.CountRefused(sas.Refused);
        node.Log.Clu.ShardTakenOver(shard, sessions.Count, sas.Installed, sas.Refused, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        node.Actors.Waker.Tell(new WakeSessions([.. sessions.Select(session => session.Row.Session)]));
    }

    private List<(ClaimedSession Row, RestoredSession Restored)> OpenAll(byte shard, IReadOnlyList<ClaimedSession> rows)
    {
        List<(ClaimedSession, RestoredSession)> opened = [];
        Dictionary<BadRow, (int Count, string First)> bad = [];
        foreach (ClaimedSession row in rows)
        {
            // One that lives here is ahead of its row.
            if (node.Sessions.Contains(row.Session)) continue;
            if (TryOpen(row, out RestoredSession? restored, out BadRow why, out string detail))
            {
                opened.Add((row, restored));
                continue;
            }

            (int count, string first) = bad.GetValueOrDefault(why, (0, $"{row.Session}: {Printable.Text(detail)}"));
            bad[why] = (count + 1, first);
        }

        foreach ((BadRow why, (int count, string first)) in bad)
        {
            store.Board.CountBad(why, count);
            node.Log.Clu.BadRows(shard, count, Describe(why), first);
        }

        return opened;
    }

    private bool TryOpen(ClaimedSession row, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RestoredSession? restored, out BadRow why, out string detail)
    {
        restored = null;
        detail = $"key {row.Body.KeyId}, version {row.Body.Version}, revision {row.Revision}";
        why = BadRow.NewerVersion;
        if (row.Body.Version > SessionBody.Version) return false;
        if (store.Vault.Open(row.Session, row.Revision, row.Body, out why) is not { } body) return false;
        try
        {
            (SessionState state, DateTimeOffset savedAt, int incarnation) = SessionBody.Read(body);
            using (state)
            {
                why = BadRow.Stale;
                if (row.Incarnation <= incarnation) return false;
                why = BadRow.Exhausted;
                if (row.Incarnation > ushort.MaxValue) return false;
                // A clock that went back does not make a session younger than it was.
                TimeSpan age = node.Time.GetUtcNow() - savedAt is { Ticks: > 0 } passed ? passed : TimeSpan.Zero;
                why = BadRow.Unconfigured;
                if (IkeSession.Restore(node.Session, state, age, (ushort)row.Incarnation, node.Now, out string problem) is not { } ikeSa)
                {
                    detail = problem;
                    return false;
                }

                why = BadRow.Unreadable;
                if (SessionId.Of(new IkeSpi(ikeSa.LocalSpi)) != row.Session)
                {
                    ikeSa.Dispose();
                    return false;
                }

                restored = new RestoredSession(ikeSa, row.Revision, (ushort)row.Incarnation, node.IkeSaNumbers.Next());
                return true;
            }
        }
        catch (FormatException senseless)
        {
            (why, detail) = (BadRow.Unreadable, senseless.Message);
            return false;
        }
    }

    /// <summary>Whoever had these SAs before may still send, or have sent what was not noted: they go on under numbers that are this node's alone.</summary>
    private async Task<SasRestored> InstallAsync(IReadOnlyList<(ClaimedSession Row, RestoredSession Restored)> sessions, TimeSpan patience, CancellationToken cancel)
    {
        ReserveNumbers reserve = new([.. sessions.SelectMany(session => session.Restored.IkeSa.ChildrenComingBack.Select(plan => new ChildKey(session.Row.Session, plan.Restored!.InboundSpi)))]);
        NumbersReserved numbers = await node.Actors.Store.Ask<NumbersReserved>(reserve, patience, cancel).ConfigureAwait(false);
        RestoreSas restore = new([.. sessions.SelectMany(session => ChildrenOf(session.Row, session.Restored, numbers))], cancel);
        return await node.Actors.Kernel.Ask<SasRestored>(restore, patience, cancel).ConfigureAwait(false);
    }

    private IEnumerable<RestorableChild> ChildrenOf(ClaimedSession row, RestoredSession restored, NumbersReserved numbers)
    {
        foreach (ChildPlan plan in restored.IkeSa.ChildrenComingBack)
        {
            RestoredChild child = plan.Restored!;
            // Its row went meanwhile, and so will what is installed for it.
            if (!numbers.Samples.TryGetValue(new ChildKey(row.Session, child.InboundSpi), out ReplaySample? sample)) continue;
            yield return new RestorableChild(
                row.Session, row.Incarnation, plan.ChildId, child.Parameters is { } parameters ? InstallOf(plan, child, parameters, restored) : null, child.InboundSpi,
                restored.IkeSa.Path!.Local.Address, child.IsRetired, sample.Received, sample.Sent, (ulong)node.Time.GetUtcNow().ToUnixTimeSeconds());
        }
    }

    private InstallSas InstallOf(ChildPlan plan, RestoredChild child, ChildSaParameters parameters, RestoredSession restored)
    {
        if (!restored.ReqIds.TryGetValue(plan.Config.Name, out uint reqId))
            restored.ReqIds[plan.Config.Name] = reqId = node.ReqIdFor(restored.IkeSa.Name, plan.Config, parameters.RemoteEndpoint.Address);
        return new InstallSas(parameters with { Keys = parameters.Keys.Copy() }, plan.Config, child.InboundSpi, reqId);
    }

    private void Enter(SessionId session, RestoredSession restored, SasRestored sas)
    {
        foreach (string config in restored.ReqIds.Keys.ToList())
        {
            if (!sas.ReqIds.TryGetValue((session, config), out uint reqId)) continue;
            restored.ReqIds[config] = reqId;
            node.ReqIds.Pass((int)reqId);
        }

        node.Actors.Connections.Tell(new SessionResumed(session, restored.IkeSa.Name, restored.IkeSa.IsInitiator, restored.IkeSa.Wanted, restored.IkeSa.Path!));
        if (!node.Sessions.TryEnter(session, restored)) restored.Dispose();
    }

    private static string Describe(BadRow why) => why switch
    {
        BadRow.NewerVersion => "a newer program wrote them",
        BadRow.UnknownKey => "their key is not among those given",
        BadRow.Tampered => "they are not what was written there",
        BadRow.Unreadable => "they make no sense",
        BadRow.Stale => "they are older than what they were replaced by",
        BadRow.Unconfigured => "the configuration does not know them any more",
        _ => "they were taken over too often",
    };
}
