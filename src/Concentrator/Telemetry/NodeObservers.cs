using Concentrator.Actors.Node;

namespace Concentrator.Telemetry;

/// <summary>Several observers that miss nothing of a node from its start, told in this order.</summary>
internal sealed class NodeObservers(params IReadOnlyList<IObserver<NodeEvent>> observers) : IObserver<NodeEvent>
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
