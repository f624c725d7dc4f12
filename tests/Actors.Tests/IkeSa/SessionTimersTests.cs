using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.IkeSa;

/// <summary>The timers of an IKE SA: each fires once, in order, unless it was cancelled; the scheduler knows one of them.</summary>
public sealed class SessionTimersTests
{
    private static readonly SessionTimer Retransmit = new(TimerKind.Retransmit), Over = new(TimerKind.IkeOver), Child = new(TimerKind.ChildRekey, Number: 7);

    private readonly RecordingScheduler _scheduler = new();
    private readonly SessionTimers _timers;

    public SessionTimersTests() => _timers = new SessionTimers(_scheduler, ActorRefs.Nobody);

    [Fact]
    public void The_earliest_comes_first_and_alone_is_scheduled()
    {
        Arm(Over, 30);
        Arm(Retransmit, 4);
        Arm(Child, 10);
        Assert.Equal([Seconds(4)], _scheduler.Waiting);

        Assert.Equal([Retransmit], DueAt(4));
        Assert.Equal([Seconds(6)], _scheduler.Waiting);
        Assert.Equal([Child, Over], DueAt(31));
        Assert.Empty(_scheduler.Waiting);
    }

    [Fact]
    public void One_that_was_cancelled_or_armed_anew_does_not_fire_at_its_old_time()
    {
        Arm(Retransmit, 4);
        Arm(Over, 5);
        _timers.Cancel(Retransmit);
        Arm(Over, 50);
        Assert.Empty(DueAt(10));
        Assert.Equal([Seconds(40)], _scheduler.Waiting);
        Assert.Equal([Over], DueAt(50));
    }

    [Fact]
    public void A_ring_that_comes_early_rings_again()
    {
        Arm(Retransmit, 4);
        Assert.Empty(DueAt(3.5));
        Assert.Equal([Seconds(0.5)], _scheduler.Waiting);
    }

    [Fact]
    public void What_is_armed_while_timers_fire_counts()
    {
        Arm(Retransmit, 4);
        Assert.True(_timers.TryTakeDue(Seconds(4), out _));
        _timers.Arm(Retransmit, Seconds(7), Seconds(4));
        Assert.False(_timers.TryTakeDue(Seconds(4), out _));
        Assert.Equal([Seconds(7)], _scheduler.Waiting);
    }

    [Fact]
    public void After_the_end_nothing_is_scheduled()
    {
        Arm(Retransmit, 4);
        Arm(Over, 5);
        _timers.CancelAll();
        Assert.Empty(_scheduler.Waiting);
        Assert.Empty(DueAt(100));
    }

    private void Arm(SessionTimer timer, double seconds) => _timers.Arm(timer, Seconds(seconds), TimeSpan.Zero);

    private List<SessionTimer> DueAt(double seconds)
    {
        List<SessionTimer> due = [];
        while (_timers.TryTakeDue(Seconds(seconds), out SessionTimer? timer)) due.Add(timer.Value);
        return due;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private sealed class RecordingScheduler : IScheduler, IAdvancedScheduler
    {
        private readonly List<(TimeSpan Delay, ICancelable Cancelable)> _scheduled = [];

        public IEnumerable<TimeSpan> Waiting => _scheduled.Where(s => !s.Cancelable.IsCancellationRequested).Select(s => s.Delay);

        public IAdvancedScheduler Advanced => this;

        public DateTimeOffset Now => throw new NotSupportedException();

        public TimeSpan MonotonicClock => throw new NotSupportedException();

        public TimeSpan HighResMonotonicClock => throw new NotSupportedException();

        public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) => _scheduled.Add((delay, cancelable));

        public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) => throw new NotSupportedException();

        public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) => throw new NotSupportedException();

        public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
            throw new NotSupportedException();

        public void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => throw new NotSupportedException();

        public void ScheduleOnce(TimeSpan delay, Action action) => throw new NotSupportedException();

        public void ScheduleOnce(TimeSpan delay, Akka.Dispatch.IRunnable action, ICancelable cancelable) => throw new NotSupportedException();

        public void ScheduleOnce(TimeSpan delay, Akka.Dispatch.IRunnable action) => throw new NotSupportedException();

        public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) => throw new NotSupportedException();

        public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => throw new NotSupportedException();

        public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Akka.Dispatch.IRunnable action, ICancelable cancelable) => throw new NotSupportedException();

        public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Akka.Dispatch.IRunnable action) => throw new NotSupportedException();
    }
}
