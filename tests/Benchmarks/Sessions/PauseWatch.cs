namespace Concentrator.Benchmarks;

/// <summary>The longest that the collector has held everything up since this was made: by its own account, looked at every millisecond.</summary>
internal sealed class PauseWatch : IDisposable
{
    private readonly Thread _thread;
    private readonly TimeSpan _begin = GC.GetTotalPauseDuration();
    private volatile bool _isOver;

    public PauseWatch()
    {
        _thread = new Thread(Watch) { IsBackground = true, Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    public TimeSpan Longest { get; private set; }

    public TimeSpan Sum => GC.GetTotalPauseDuration() - _begin;

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
    }

    private void Watch()
    {
        for (TimeSpan before = _begin; !_isOver;)
        {
            Thread.Sleep(1);
            TimeSpan now = GC.GetTotalPauseDuration();
            if (now - before > Longest) Longest = now - before;
            before = now;
        }
    }
}
