namespace Concentrator.Actors.Routing;

/// <summary>Lets <paramref name="perSecond"/> events a second pass, and <paramref name="burst"/> at once after a pause. Not thread-safe.</summary>
internal sealed class TokenBucket(double perSecond, int burst)
{
    private double _tokens = burst;
    private TimeSpan _last;

    public bool TryTake(TimeSpan now)
    {
        _tokens = Math.Min(burst, _tokens + (now - _last).TotalSeconds * perSecond);
        _last = now;
        if (_tokens < 1) return false;
        _tokens -= 1;
        return true;
    }
}
