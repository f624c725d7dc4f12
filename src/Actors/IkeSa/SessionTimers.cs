using Akka.Actor;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

/// <summary>A timer of an IKE SA has run out, unless it was cancelled or armed anew meanwhile: <see cref="SessionTimers.Claim"/> tells.</summary>
internal sealed record TimerFired(SessionTimer Timer, long Arming) : INoSerializationVerificationNeeded;

/// <summary>
/// The timers of one IKE SA on Akka's scheduler. A timer that was cancelled while its message was already in the mailbox
/// does not fire. Owned by one actor, one thread; costs nothing while no timer was ever armed.
/// </summary>
internal sealed class SessionTimers(IScheduler scheduler, IActorRef owner)
{
    private readonly Dictionary<SessionTimer, (long Arming, ICancelable Cancelable)> _armed = [];
    private long _armings;

    public int Count => _armed.Count;

    public void Arm(SessionTimer timer, TimeSpan delay)
    {
        Cancel(timer);
        TimerFired fired = new(timer, ++_armings);
        _armed[timer] = (fired.Arming, scheduler.ScheduleTellOnceCancelable(delay, owner, fired, owner));
    }

    public void Cancel(SessionTimer timer)
    {
        if (_armed.Remove(timer, out (long Arming, ICancelable Cancelable) armed)) armed.Cancelable.Cancel();
    }

    /// <summary>True, once, for the firing of the arming that still counts.</summary>
    public bool Claim(TimerFired fired) =>
        _armed.TryGetValue(fired.Timer, out (long Arming, ICancelable Cancelable) armed) && armed.Arming == fired.Arming && _armed.Remove(fired.Timer);

    public void CancelAll()
    {
        foreach ((long Arming, ICancelable Cancelable) armed in _armed.Values) armed.Cancelable.Cancel();
        _armed.Clear();
    }
}
