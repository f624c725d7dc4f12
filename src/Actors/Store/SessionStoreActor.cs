using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Kernel;

namespace Concentrator.Actors.Store;

/// <summary>
/// One per node: between the sessions and the database. What came while the last call ran is the next batch, so the busier the larger. It waits for nothing: calls
/// run elsewhere and come back as messages, one at a time. When the database fails it answers at once that nothing is stored, until a look each second succeeds; then
/// those that are behind are asked for their state.
/// </summary>
/// <remarks>Parts: what comes in and what goes out next here, Outcomes (what came of a call, the circuit), Timing.</remarks>
internal sealed partial class SessionStoreActor(NodeContext node, NodeStore store) : UntypedActor, IWithTimers
{
    private const int MostRows = 1000;

    private readonly Dictionary<SessionId, (SessionRow Row, IActorRef Owner)> _rows = [];
    private readonly HashSet<SessionId> _deleted = [];
    private readonly List<(ClaimShard Claim, IActorRef Asker)> _claims = [];
    private readonly Queue<(ReserveNumbers Reserve, IActorRef Asker)> _reservations = [];
    private readonly Queue<(ReadRows Read, IActorRef Asker)> _reads = [];
    private readonly Dictionary<ChildKey, ReplaySample> _samples = [];
    private readonly HashSet<SessionId> _dirty = [];

    /// <summary>Members that the cluster goes on without, and the database does not know yet.</summary>
    private readonly HashSet<int> _givenUp = [];
    private int _member;
    private readonly CancellationTokenSource _stopping = new();
    private bool _isBusy;
    private bool _mustBeat = !store.HasBegun;
    private IActorRef? _settling;

    /// <summary>Since when samples wait.</summary>
    private TimeSpan _sampledAt;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node, NodeStore store) => Akka.Actor.Props.Create(() => new SessionStoreActor(node, store));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Beat), Beat.Instance, LifeRules.BeatPeriod);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SaveSession when !store.Board.IsAvailable:
                Refuse(((SaveSession)message).Row, Sender);
                break;
            case SaveSession save:
                _rows[save.Row.Session] = (save.Row, Sender);
                break;
            case ForgetSession forget:
                _dirty.Remove(forget.Session);
                _rows.Remove(forget.Session);
                _deleted.Add(forget.Session);
                break;
            case SampleSas sample:
                if (_samples.Count == 0) _sampledAt = node.Now;
                foreach (ReplaySample one in sample.Samples) _samples[one.Child] = one;
                break;
            case ClaimShard claim:
                _claims.Add((claim, Sender));
                break;
            case ReserveNumbers reserve:
                _reservations.Enqueue((reserve, Sender));
                break;
            case ReadRows read:
                _reads.Enqueue((read, Sender));
                break;
            case Beat:
                _mustBeat = true;
                break;
            case ThisMember self:
                _member = self.Uid;
                _mustBeat = true;
                break;
            case MemberGivenUp other:
                _givenUp.Add(other.Uid);
                break;
            case SettleStore:
                _settling = Sender;
                break;
            case Outcome outcome:
                _isBusy = false;
                Take(outcome);
                break;
            default:
                Unhandled(message);
                break;
        }

        Proceed();
    }

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>
    /// The next call, if there is anything to do. Claims come before writes, for traffic waits for them; but what is over is not claimed. Samples that are as old as they are
    /// apart come before writes too, for a successor leaves out no more numbers than are sent between two.
    /// </summary>
    private void Proceed()
    {
        if (_isBusy) return;
        _claims.RemoveAll(IsDropped);
        if (_mustBeat)
        {
            _mustBeat = false;
            if (!store.HasBegun) Call(store.BeginLifeAsync(_stopping.Token), () => new LifeBegun(), fault => new Failed(fault));
            else Call(store.Database.BeatAsync(store.Epoch, _member, _stopping.Token), life => new Beaten(life), fault => new Failed(fault));
        }
        else if (!store.Board.IsAvailable)
        {
            FailAskers(new StoreException("the session store is not available"));
        }
        else if (_givenUp.Count > 0)
        {
            int[] members = [.. _givenUp];
            Call(store.Database.GiveUpAsync(members, _stopping.Token), () => new GivenUp(members), fault => new Failed(fault));
        }
        else if (_claims.Count > 0 && _deleted.Count == 0)
        {
            Claim();
        }
        else if (_reservations.Count > 0)
        {
            Reserve();
        }
        else if (_reads.TryDequeue(out (ReadRows Read, IActorRef Asker) next))
        {
            Call(store.Database.ReadAsync(next.Read.Sessions, _stopping.Token), rows => new Read(rows, next.Asker), fault => new NotAnswered([next.Asker], fault));
        }
        else if (_samples.Count > 0 && (_rows.Count + _deleted.Count == 0 || node.Now - _sampledAt >= node.Options.SamplePeriod))
        {
            ReplaySample[] samples = [.. _samples.Values];
            _samples.Clear();
            Call(store.Database.SampleAsync(samples, _stopping.Token), () => new Sampled(), fault => new Failed(fault));
        }
        else if (_rows.Count + _deleted.Count > 0)
        {
            Write();
        }
        else if (_settling is { } asker)
        {
            _settling = null;
            Call(store.Database.EndLifeAsync(store.Epoch, _stopping.Token), () => new LifeEnded(asker), fault => new Failed(fault));
        }
    }

    /// <summary>A shard that has left is another's, who would be fenced.</summary>
    private static bool IsDropped((ClaimShard Claim, IActorRef Asker) one)
    {
        if (!one.Claim.Cancel.IsCancellationRequested) return false;
        one.Asker.Tell(new Status.Failure(new OperationCanceledException(one.Claim.Cancel)));
        return true;
    }

    private void Claim()
    {
        (ClaimShard Claim, IActorRef Asker)[] claims = [.. _claims];
        _claims.Clear();
        HashSet<byte> shards = [.. claims.Select(one => one.Claim.Shard)];
        SessionId[] living = [.. node.Sessions.Sessions.Where(session => shards.Contains(session.Shard))];
        Call(
            store.Database.ClaimAsync(store.Epoch, shards, living, _stopping.Token),
            rows => new Claimed(claims, rows), fault => new NotAnswered([.. claims.Select(one => one.Asker)], fault));
    }

    /// <summary>All that wait are one transaction; who asks for a child that one of them has asked for is in the next, for each is given numbers of its own.</summary>
    private void Reserve()
    {
        HashSet<ChildKey> children = [];
        List<(ReserveNumbers Reserve, IActorRef Asker)> reservations = [];
        while (_reservations.TryPeek(out (ReserveNumbers Reserve, IActorRef Asker) next) && !children.Overlaps(next.Reserve.Children))
        {
            children.UnionWith(next.Reserve.Children);
            reservations.Add(_reservations.Dequeue());
        }

        Call(
            store.Database.ReserveAsync(children, SaProgress.ResumptionGap, _stopping.Token),
            samples => new Reserved(reservations, samples), fault => new NotAnswered([.. reservations.Select(one => one.Asker)], fault));
    }

    private void Write()
    {
        List<(SessionRow Row, IActorRef Owner)> rows = [.. _rows.Values.Take(MostRows)];
        if (rows.Count == _rows.Count) _rows.Clear();
        else foreach ((SessionRow row, _) in rows) _rows.Remove(row.Session);
        // One that begins anew under an id that was forgotten is written after that has gone.
        SessionId[] deleted = [.. _deleted];
        _deleted.Clear();
        StoreBatch batch = new([.. rows.Select(row => row.Row)], deleted);
        foreach (ChildKey child in batch.Gone) _samples.Remove(child);
        Call(
            TimedAsync(store.Database.WriteAsync(store.Epoch, batch, _stopping.Token), batch.Rows.Count),
            refused => new Written(rows, refused), fault => new NotWritten(rows, deleted, fault));
    }

    private void Call<T>(Task<T> call, Func<T, Outcome> success, Func<Exception, Outcome> failure)
    {
        _isBusy = true;
        call.PipeTo(Self, success: success, failure: failure);
    }

    private void Call(Task call, Func<Outcome> success, Func<Exception, Outcome> failure)
    {
        _isBusy = true;
        call.PipeTo(Self, success: success, failure: failure);
    }

    private sealed record Beat : INoSerializationVerificationNeeded
    {
        public static Beat Instance { get; } = new();
    }
}
