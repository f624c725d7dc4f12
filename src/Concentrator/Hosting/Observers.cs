using Concentrator.Actors.Node;

namespace Concentrator.Hosting;

/// <summary>Several who observe a node from its first event.</summary>
internal sealed class Observers(params IReadOnlyList<IObserver<NodeEvent>> observers) : IObserver<NodeEvent>
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
