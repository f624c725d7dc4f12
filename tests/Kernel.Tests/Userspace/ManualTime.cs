namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>A clock that the test moves; timers run on the thread that moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private long _now = 1_000_000;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddMilliseconds(_now);

    public void Advance(TimeSpan by)
    {
        long end = _now + (long)by.TotalMilliseconds;
        while (_timers.Where(timer => timer.At <= end).MinBy(timer => timer.At) is { } next)
        {
            _now = Math.Max(_now, next.At);
            next.Fire();
        }

        _now = end;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, () => callback(state));
        _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualTime time, Action callback) : ITimer
    {
        public long At { get; private set; } = long.MaxValue;

        public void Fire()
        {
            At = long.MaxValue;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            At = dueTime < TimeSpan.Zero ? long.MaxValue : time._now + (long)dueTime.TotalMilliseconds;
            return true;
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
