using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Store;

/// <summary>To the <see cref="WakeActor"/>: these were entered in the directory.</summary>
internal sealed record WakeSessions(IReadOnlyList<SessionId> Sessions) : INoSerializationVerificationNeeded;

/// <summary>To be, no more. Never leaves the node.</summary>
internal sealed record WakeSession(SessionId Session) : ISessionMessage, INoSerializationVerificationNeeded;

/// <summary>
/// Wakes the sessions that were taken over: each speaks to its peer at once and rekeys soon, and new tunnels shall not wait behind ten thousand old ones. So no more than
/// <see cref="MostWaking"/> are on their way at a time, and the rate is what the machine and its database bear, up to a bound. A session whose peer speaks first is woken
/// by that.
/// </summary>
internal sealed class WakeActor(NodeContext node) : UntypedActor, IWithTimers
{
    /// <summary>What a newcomer finds before it in the queues of processors and database, some hundredths of a second.</summary>
    public const int MostWaking = 256;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    /// <summary>After this it is not waited for one any more: its database may be away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Queue<SessionId> _asleep = [];
    private readonly List<(SessionEntry Entry, TimeSpan Until)> _waking = [];
    private double _allowed;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node) => Akka.Actor.Props.Create(() => new WakeActor(node));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WakeSessions wake:
                foreach (SessionId session in wake.Sessions) _asleep.Enqueue(session);
                if (!Timers.IsTimerActive(nameof(WakeSome))) Timers.StartPeriodicTimer(nameof(WakeSome), WakeSome.Instance, TimeSpan.Zero, Tick);
                break;
            case WakeSome:
                WakeForATick();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void WakeForATick()
    {
        _waking.RemoveAll(one => IsAwake(one.Entry) || one.Until <= node.Now);
        _allowed = Math.Min(_allowed + node.Options.WakeRate * Tick.TotalSeconds, MostWaking);
        for (; _allowed >= 1 && _waking.Count < MostWaking && _asleep.TryDequeue(out SessionId session); _allowed--)
        {
            if (!node.Sessions.TryFind(session, out SessionEntry? entry) || entry.IsTaken) continue;
            _waking.Add((entry, node.Now + Patience));
            node.Actors.Sessions.Tell(new WakeSession(session));
        }

        if (_asleep.Count > 0) return;
        _allowed = 0;
        _waking.Clear();
        Timers.Cancel(nameof(WakeSome));
    }

    /// <summary>It has an actor, and what that does first is stored; or it is here no more.</summary>
    private bool IsAwake(SessionEntry entry) =>
        entry is { IsTaken: true, Stored.IsCurrent: true } || !node.Sessions.TryFind(entry.Session, out SessionEntry? current) || current != entry;

    private sealed record WakeSome : INoSerializationVerificationNeeded
    {
        public static WakeSome Instance { get; } = new();
    }
}
