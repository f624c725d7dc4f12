using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

/// <summary>A timer of an IKE SA may have run out: <see cref="SessionTimers.TryTakeDue"/> tells which.</summary>
internal sealed record TimersRing : INoSerializationVerificationNeeded
{
    public static TimersRing Instance { get; } = new();
}

/// <summary>
/// The timers of one IKE SA. Akka's scheduler, whose entries are large, knows the earliest alone. A timer that was cancelled, or armed anew, while
/// <see cref="TimersRing"/> was already in the mailbox does not fire. Owned by one actor, one thread.
/// </summary>
internal sealed class SessionTimers(IScheduler scheduler, IActorRef owner)
{
    private readonly List<(SessionTimer Timer, TimeSpan Due)> _armed = [];
    private ICancelable? _ring;
    private TimeSpan _ringsAt;

    public void Arm(SessionTimer timer, TimeSpan delay, TimeSpan now)
    {
        Cancel(timer);
        _armed.Add((timer, now + delay));
        if (_ring is null || now + delay < _ringsAt) RingAt(now + delay, now);
    }

    /// <summary>The scheduler may ring for nothing then, once.</summary>
    public void Cancel(SessionTimer timer)
    {
        int index = _armed.FindIndex(armed => armed.Timer == timer);
        if (index >= 0) _armed.RemoveAt(index);
    }

    /// <summary>Once for each timer that has run out, the earliest first; after the last one the scheduler knows the next.</summary>
    public bool TryTakeDue(TimeSpan now, [NotNullWhen(true)] out SessionTimer? due)
    {
        due = null;
        int first = Earliest();
        if (first >= 0 && _armed[first].Due <= now)
        {
            due = _armed[first].Timer;
            _armed.RemoveAt(first);
            return true;
        }

        Silence();
        if (first >= 0) RingAt(_armed[first].Due, now);
        return false;
    }

    public void CancelAll()
    {
        _armed.Clear();
        Silence();
    }

    private int Earliest()
    {
        int first = -1;
        for (int i = 0; i < _armed.Count; i++)
        {
            if (first < 0 || _armed[i].Due < _armed[first].Due) first = i;
        }

        return first;
    }

    private void RingAt(TimeSpan due, TimeSpan now)
    {
        Silence();
        _ringsAt = due;
        _ring = scheduler.ScheduleTellOnceCancelable(due > now ? due - now : TimeSpan.Zero, owner, TimersRing.Instance, owner);
    }

    private void Silence()
    {
        _ring?.Cancel();
        _ring = null;
    }
}
