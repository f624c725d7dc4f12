using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Telemetry;

/// <summary>How many set-ups, failures and refusals there were in each of the last intervals, for a chart. Safe from any thread; what it keeps never grows.</summary>
internal sealed class RateHistory(TimeProvider time) : IObserver<NodeEvent>
{
    public const int Intervals = 180;
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly RateInterval?[] _ring = new RateInterval?[Intervals];
    private readonly SortedDictionary<EndReason, long> _failures = [];

    /// <summary>Oldest first, without gaps: the intervals in which nothing happened are there too. The last is not over yet.</summary>
    public IReadOnlyList<RateInterval> Read()
    {
        long now = NumberNow();
        RateInterval[] intervals = new RateInterval[Intervals];
        lock (_lock)
        {
            for (int i = 0; i < Intervals; i++)
            {
                long number = now - Intervals + 1 + i;
                intervals[i] = _ring[number % Intervals] is { } kept && kept.Number == number ? kept with { } : new RateInterval(number);
            }
        }

        return intervals;
    }

    /// <summary>IKE SAs that ended before they were established, by reason, since the start.</summary>
    public IReadOnlyList<KeyValuePair<EndReason, long>> Failures
    {
        get
        {
            lock (_lock) return [.. _failures];
        }
    }

    public void OnNext(NodeEvent value)
    {
        switch (value)
        {
            case IkeSaHappened { Event: StateChanged { To: IkeSaState.Established } }:
                Count(interval => interval.SetUps++);
                break;
            case IkeSaEnded { WasEstablished: false } failed:
                Count(interval => interval.Failures++, failed.Reason);
                break;
            case IkeSaEnded:
                Count(interval => interval.Ends++);
                break;
            case ChildSaStateChanged { To: ChildSaState.Installed }:
                Count(interval => interval.ChildSas++);
                break;
            case KernelRefused:
                Count(interval => interval.Refusals++);
                break;
            case IkeSaHappened { Event: IkeSaRekeyed or ChildRekeyed }:
                Count(interval => interval.Rekeys++);
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Count(Action<RateInterval> count, EndReason? failure = null)
    {
        long number = NumberNow();
        lock (_lock)
        {
            if (_ring[number % Intervals] is not { } interval || interval.Number != number) _ring[number % Intervals] = interval = new RateInterval(number);
            count(interval);
            if (failure is { } reason) _failures[reason] = _failures.GetValueOrDefault(reason) + 1;
        }
    }

    private long NumberNow() => time.GetUtcNow().ToUnixTimeMilliseconds() / (long)Interval.TotalMilliseconds;
}

/// <summary>What was counted in one interval. <see cref="Number"/> counts intervals since 1970.</summary>
internal sealed record RateInterval(long Number)
{
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(Number * (long)RateHistory.Interval.TotalMilliseconds);

    /// <summary>IKE SAs whose both ends were authenticated.</summary>
    public int SetUps { get; set; }

    /// <summary>IKE SAs that were over before that.</summary>
    public int Failures { get; set; }

    public int Ends { get; set; }

    public int ChildSas { get; set; }

    public int Refusals { get; set; }

    public int Rekeys { get; set; }
}
