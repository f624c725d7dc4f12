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
/// Wakes the sessions that were taken over, at a bounded rate: each speaks to its peer at once and rekeys soon, and new tunnels shall not wait behind ten thousand
/// old ones. A session whose peer speaks first is woken by that.
/// </summary>
internal sealed class WakeActor(NodeContext node) : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly Queue<SessionId> _asleep = [];
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
        _allowed += node.Options.WakeRate * Tick.TotalSeconds;
        for (; _allowed >= 1 && _asleep.TryDequeue(out SessionId session); _allowed--)
        {
            if (node.Sessions.Contains(session)) node.Actors.Sessions.Tell(new WakeSession(session));
        }

        if (_asleep.Count > 0) return;
        _allowed = 0;
        Timers.Cancel(nameof(WakeSome));
    }

    private sealed record WakeSome : INoSerializationVerificationNeeded
    {
        public static WakeSome Instance { get; } = new();
    }
}
