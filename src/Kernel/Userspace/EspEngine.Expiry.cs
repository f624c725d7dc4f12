namespace Concentrator.Kernel.Userspace;

internal sealed partial class EspEngine
{
    /// <summary>How long an SPI may be without its SA: longer than an exchange with all its retransmissions (net.core.xfrm_acq_expires).</summary>
    private const ulong LarvalSeconds = 240;

    /// <summary>Timers know no more than 49 days at once.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>By the clock's ticks.</summary>
    private readonly PriorityQueue<Due, long> _due = new();

    private void DueAfterLimits(UserspaceSa sa)
    {
        SaLifetime lifetime = sa.Usage.Lifetime;
        if (lifetime.SoftSeconds > 0) DueAfter(sa, lifetime.SoftSeconds, hard: false);
        if (lifetime.HardSeconds > 0) DueAfter(sa, lifetime.HardSeconds, hard: true);
    }

    /// <summary>From when the SA came to be, wherever it was then. Within the engine's lock.</summary>
    private void DueAfter(UserspaceSa sa, ulong seconds, bool hard)
    {
        double ticks = Math.Min((double)seconds * _time.TimestampFrequency, long.MaxValue / 2);
        _due.Enqueue(new Due(sa, sa.LifetimeVersion, hard), sa.Usage.AddedAt + (long)ticks);
        Arm();
    }

    private void Arm()
    {
        if (_due.TryPeek(out _, out long at))
        {
            double seconds = Math.Clamp((at - _time.GetTimestamp()) / (double)_time.TimestampFrequency, 0, LongestWait.TotalSeconds);
            // A timer that comes a moment early would find nothing due.
            _timer.Change(TimeSpan.FromSeconds(seconds) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>On the timer's thread.</summary>
    private void ExpireDue()
    {
        List<XfrmEvent> told = [];
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            while (_due.TryPeek(out Due due, out long at) && at <= now)
            {
                _due.Dequeue();
                if (IsOver(due)) told.Add(new Expire(due.Sa.Id, due.Sa.ReqId, due.Hard));
            }

            Arm();
        }

        foreach (XfrmEvent expired in told) Raise(expired);
    }

    /// <summary>Not when the SA went, or its limits changed, in the meantime. A hard limit takes it away.</summary>
    private bool IsOver(Due due)
    {
        if (!_sas.TryGetValue(due.Sa.Key, out UserspaceSa? known) || known != due.Sa || due.Version != due.Sa.LifetimeVersion) return false;
        if (due.Hard) return Take(due.Sa.Key);
        lock (due.Sa.Lock) return due.Sa.Usage.TellSoft();
    }

    /// <summary>A packet has met a limit. Outside of the SA's lock.</summary>
    private void Tell(UserspaceSa sa, LimitVerdict limits)
    {
        if (limits == LimitVerdict.Soft) Raise(new Expire(sa.Id, sa.ReqId, Hard: false));
        if (limits != LimitVerdict.Hard) return;
        bool isOurs;
        lock (_lock) isOurs = _sas.TryGetValue(sa.Key, out UserspaceSa? known) && known == sa && Take(sa.Key);
        if (isOurs) Raise(new Expire(sa.Id, sa.ReqId, Hard: true));
    }

    private readonly record struct Due(UserspaceSa Sa, int Version, bool Hard);
}
