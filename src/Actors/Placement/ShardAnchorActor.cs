using Akka.Actor;
using Concentrator.Actors.Connections;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Placement;

/// <summary>
/// One per shard, an entity of its own beside the shard's sessions: where it lives the shard lives. It claims the shard (<see cref="IShardClaim"/>), then says
/// on the <see cref="ShardBoard"/> that it is ready. Messages for sessions that are not in the directory come here: until it is ready they wait, a bounded number
/// of them; afterwards the router judges the datagrams, as it does those from the wire. No actor is ever made for a session that is not entered. A shard that
/// leaves while it is being claimed goes when the claim is over, so that it comes before that of whoever has the shard next.
/// </summary>
internal sealed class ShardAnchorActor(NodeContext node, byte shard) : UntypedActor, IWithTimers
{
    private const int MostWaiting = 64;
    private static readonly TimeSpan ClaimPause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _leaving = new();
    private readonly Queue<ISessionMessage> _waiting = [];
    private bool _isReady;
    private bool _isClaiming;

    private bool StoreIsAway => node.Store is { Board.IsAvailable: false };

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node, byte shard) => Akka.Actor.Props.Create(() => new ShardAnchorActor(node, shard));

    protected override void PreStart() => Claim();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WakeShard:
                break;
            case ISessionMessage stranger when _isReady:
                Settle(stranger);
                break;
            case ISessionMessage early:
                Keep(early);
                break;
            case Claimed or ClaimFailed when _leaving.IsCancellationRequested:
                Context.Stop(Self);
                break;
            case Claimed:
                BeReady();
                break;
            case ClaimFailed failed:
                _isClaiming = false;
                // That the store cannot be had is told once for all shards.
                if (!StoreIsAway) node.Log.Clu.ShardNotClaimed(shard, failed.Cause.Message);
                Timers.StartSingleTimer(nameof(ClaimAgain), ClaimAgain.Instance, ClaimPause);
                break;
            case ClaimAgain:
                Claim();
                break;
            case DrainSession:
                Leave();
                _leaving.Cancel();
                if (!_isClaiming) Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        Leave();
        foreach (ISessionMessage message in _waiting) Discard(message, DropReason.ShuttingDown);
        _leaving.Cancel();
        _leaving.Dispose();
    }

    private void Claim()
    {
        Task claim;
        try
        {
            claim = node.Claim.ClaimAsync(shard, _leaving.Token);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            claim = Task.FromException(fault);
        }

        _isClaiming = !claim.IsCompletedSuccessfully;
        if (!_isClaiming) BeReady();
        else claim.PipeTo(Self, success: () => Claimed.Instance, failure: fault => new ClaimFailed(fault));
    }

    private void BeReady()
    {
        (_isReady, _isClaiming) = (true, false);
        node.Shards.Enter(shard);
        while (_waiting.TryDequeue(out ISessionMessage? message)) Settle(message);
    }

    /// <summary>Those that have been entered meanwhile have a home. Of the others a datagram is judged again, and the rest is for nobody.</summary>
    private void Settle(ISessionMessage message)
    {
        if (node.Sessions.Contains(message.Session)) node.Actors.Sessions.Forward(message);
        else if (message is DeliverDatagram { Datagram: var datagram } && datagram.TryPass()) node.ToRouter(datagram);
        else Discard(message, DropReason.HopLimit);
    }

    private void Keep(ISessionMessage early)
    {
        if (StoreIsAway) Discard(early, DropReason.StoreUnavailable);
        else if (_waiting.Count < MostWaiting) _waiting.Enqueue(early);
        else Discard(early, DropReason.ShardNotReady);
    }

    private void Discard(ISessionMessage message, DropReason reason)
    {
        if (message is not DeliverDatagram { Datagram: var datagram }) return;
        node.Drops.Count(reason);
        datagram.Release();
    }

    /// <summary>Who was to begin, and whose first message has not come yet, begins elsewhere: its peer repeats it, or we call once more. Who was to go on goes on elsewhere.</summary>
    private void Leave()
    {
        node.Shards.Leave(shard);
        foreach (SessionEntry entry in node.Sessions.Entries)
        {
            if (entry.Session.Shard != shard || entry.IsTaken) continue;
            node.Sessions.Remove(entry);
            node.Actors.Router.Tell(new SessionSettled(entry.Session));
            RestoredSession? restored = entry.DropRestored();
            node.Actors.Connections.Tell(new SessionOver(entry.Session, restored is null ? EndReason.Failed : EndReason.TakenOver, WasEstablished: restored is not null));
            if (restored is null) continue;
            restored.Dispose();
            node.Actors.Kernel.Tell(new ReleaseRestored(entry.Session));
        }
    }

    private sealed record Claimed : INoSerializationVerificationNeeded
    {
        public static Claimed Instance { get; } = new();
    }

    private sealed record ClaimFailed(Exception Cause) : INoSerializationVerificationNeeded;

    private sealed record ClaimAgain : INoSerializationVerificationNeeded
    {
        public static ClaimAgain Instance { get; } = new();
    }
}
