using Concentrator.Actors.Node;

namespace Concentrator.Hosting;

/// <summary>Several observers as one, in this order.</summary>
internal sealed class ObserverGroup(params IObserver<NodeEvent>[] observers) : IObserver<NodeEvent>
{
    public void OnNext(NodeEvent value)
    {
        foreach (IObserver<NodeEvent> observer in observers) observer.OnNext(value);
    }

    public void OnCompleted()
    {
        foreach (IObserver<NodeEvent> observer in observers) observer.OnCompleted();
    }

    public void OnError(Exception error)
    {
        foreach (IObserver<NodeEvent> observer in observers) observer.OnError(error);
    }
}
