namespace Concentrator.Actors.Node;

/// <summary>
/// A node's events, for tests, telemetry and the ladder. Observers are called on the thread of the actor that reports and must be quick; while
/// there is none nothing is made. Subscribing and publishing are safe from any thread.
/// </summary>
public sealed class NodeEvents : IObservable<NodeEvent>
{
    private IObserver<NodeEvent>[] _observers = [];

    public bool IsObserved => Volatile.Read(ref _observers).Length > 0;

    public IDisposable Subscribe(IObserver<NodeEvent> observer)
    {
        Change(observers => [.. observers, observer]);
        return new Subscription(this, observer);
    }

    internal void Publish(NodeEvent happened)
    {
        foreach (IObserver<NodeEvent> observer in Volatile.Read(ref _observers))
            observer.OnNext(happened);
    }

    internal void Complete()
    {
        foreach (IObserver<NodeEvent> observer in Interlocked.Exchange(ref _observers, []))
            observer.OnCompleted();
    }

    private void Change(Func<IObserver<NodeEvent>[], IObserver<NodeEvent>[]> change)
    {
        IObserver<NodeEvent>[] seen;
        do seen = Volatile.Read(ref _observers);
        while (Interlocked.CompareExchange(ref _observers, change(seen), seen) != seen);
    }

    private sealed class Subscription(NodeEvents events, IObserver<NodeEvent> observer) : IDisposable
    {
        public void Dispose() => events.Change(observers => [.. observers.Where(o => o != observer)]);
    }
}
