namespace Concentrator.Benchmarks;

/// <summary>How long in all, and the longest that the collector has held everything up from when this was made until it is disposed of: by its own account, looked at every millisecond.</summary>
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

    public TimeSpan Sum { get; private set; }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        Sum = GC.GetTotalPauseDuration() - _begin;
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
