using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Store;

internal sealed partial class SessionStoreActor
{
    /// <summary>What was told last of another node in our place.</summary>
    private string? _conflict;

    /// <summary>The board says it before anybody is told: who is told may look there.</summary>
    private void Take(Outcome outcome)
    {
        switch (outcome)
        {
            case Written written:
                TakeWritten(written);
                break;
            case Claimed claimed:
                ILookup<byte, ClaimedSession> byShard = claimed.Sessions.ToLookup(session => session.Session.Shard);
                foreach ((ClaimShard claim, IActorRef asker) in claimed.Claims) asker.Tell(new ShardClaimed(claim.Shard, [.. byShard[claim.Shard]]));
                break;
            case Reserved reserved:
                Dictionary<ChildKey, ReplaySample> samples = reserved.Samples.ToDictionary(sample => sample.Child);
                foreach ((ReserveNumbers reserve, IActorRef asker) in reserved.Reservations)
                    asker.Tell(new NumbersReserved(reserve.Children.Distinct().Where(samples.ContainsKey).ToDictionary(child => child, child => samples[child])));
                break;
            case Read read:
                read.Asker.Tell(new RowsRead(read.Rows));
                break;
            case Beaten { Life: LifeState.Known } or LifeBegun:
                BeAvailable(isForgotten: outcome is LifeBegun);
                break;
            case Beaten { Life: LifeState.GivenUp }:
                Fail(new LifeOverException());
                break;
            // The database is another one, or has lost what it had: this life is entered anew, and so is each session.
            case Beaten:
                node.Log.Clu.StoreForgot();
                Call(store.BeginLifeAsync(_stopping.Token), () => new LifeBegun(), fault => new Failed(fault));
                break;
            case Sampled:
                break;
            case GivenUp noted:
                _givenUp.ExceptWith(noted.Members);
                break;
            case LifeEnded ended:
                Timers.CancelAll();
                _mustBeat = false;
                ended.Asker.Tell(StoreSettled.Instance);
                break;
            case NotWritten failed:
                _deleted.UnionWith(failed.Deleted);
                Fail(failed.Cause);
                foreach ((SessionRow row, IActorRef owner) in failed.Rows) Refuse(row, owner);
                break;
            case NotAnswered failed:
                Fail(failed.Cause);
                foreach (IActorRef asker in failed.Askers) asker.Tell(new Status.Failure(failed.Cause));
                break;
            case Failed failed:
                Fail(failed.Cause);
                break;
        }
    }

    private void TakeWritten(Written written)
    {
        HashSet<SessionId> refused = [.. written.Refused];
        _dirty.ExceptWith(written.Rows.Select(row => row.Row.Session));
        store.Board.CountBatch(written.Rows.Count, refused.Count);
        store.Board.Dirty = _dirty.Count;
        foreach ((SessionRow row, IActorRef owner) in written.Rows)
            owner.Tell(refused.Contains(row.Session) ? new SessionFenced(row.Revision) : new SessionSaved(row.Revision));
    }

    /// <summary>What became of the call is not known: those that are asked to write again write the same row again, or a later one.</summary>
    private void Fail(Exception fault)
    {
        if (_stopping.IsCancellationRequested) return;
        store.Board.CountFailure();
        switch (fault)
        {
            // That another node is in our place is told though the database was away before.
            case StoreException when store.Board.IsAvailable || fault is StoreConflictException && fault.Message != _conflict:
                node.Log.Clu.StoreUnavailable(fault.Message);
                _conflict = fault is StoreConflictException ? fault.Message : null;
                break;
            case StoreException:
                break;
            default:
                node.Log.Clu.StoreFailed(fault);
                break;
        }

        store.Board.IsAvailable = false;
        foreach ((SessionRow row, IActorRef owner) in _rows.Values) Refuse(row, owner);
        _rows.Clear();
        FailAskers(fault);
    }

    private void Refuse(SessionRow row, IActorRef owner)
    {
        if (node.Sessions.Contains(row.Session)) _dirty.Add(row.Session);
        store.Board.Dirty = _dirty.Count;
        owner.Tell(new SessionNotSaved(row.Revision));
    }

    private void FailAskers(Exception fault)
    {
        foreach (IActorRef asker in _claims.Select(one => one.Asker).Concat(_reservations.Select(one => one.Asker)).Concat(_reads.Select(one => one.Asker)))
            asker.Tell(new Status.Failure(fault));
        _claims.Clear();
        _reservations.Clear();
        _reads.Clear();
    }

    private void BeAvailable(bool isForgotten)
    {
        if (store.Board.IsAvailable && !isForgotten) return;
        SessionId[] behind = [.. isForgotten ? node.Sessions.Sessions : _dirty];
        if (!store.Board.IsAvailable) node.Log.Clu.StoreAvailable(behind.Length);
        store.Board.IsAvailable = true;
        foreach (SessionId session in behind)
        {
            if (node.Sessions.Contains(session)) node.Actors.Sessions.Tell(new RewriteSession(session, isForgotten));
            else _dirty.Remove(session);
        }
    }

    /// <summary>What came of a call.</summary>
    private abstract record Outcome : INoSerializationVerificationNeeded;

    private sealed record Written(List<(SessionRow Row, IActorRef Owner)> Rows, IReadOnlyCollection<SessionId> Refused) : Outcome;

    private sealed record Claimed((ClaimShard Claim, IActorRef Asker)[] Claims, IReadOnlyList<ClaimedSession> Sessions) : Outcome;

    private sealed record Reserved(List<(ReserveNumbers Reserve, IActorRef Asker)> Reservations, IReadOnlyList<ReplaySample> Samples) : Outcome;

    private sealed record Read(IReadOnlyList<ClaimedSession> Rows, IActorRef Asker) : Outcome;

    private sealed record Beaten(LifeState Life) : Outcome;

    private sealed record GivenUp(int[] Members) : Outcome;

    private sealed record LifeBegun : Outcome;

    private sealed record Sampled : Outcome;

    private sealed record LifeEnded(IActorRef Asker) : Outcome;

    private record Failed(Exception Cause) : Outcome;

    private sealed record NotWritten(List<(SessionRow Row, IActorRef Owner)> Rows, SessionId[] Deleted, Exception Cause) : Failed(Cause);

    private sealed record NotAnswered(IActorRef[] Askers, Exception Cause) : Failed(Cause);
}
