using Concentrator.Actors.Node;

namespace Concentrator.Telemetry;

/// <summary>The last refusals of the kernel, with their numbers from 0. Safe from any thread.</summary>
internal sealed class RefusalFeed(int room = RefusalFeed.DefaultRoom) : IObserver<NodeEvent>
{
    public const int DefaultRoom = 256;

    private readonly Lock _lock = new();
    private readonly Queue<(long Number, KernelRefused Refusal)> _last = new();
    private long _next;

    /// <summary>Those from this one on that are kept, oldest first, and the number of the next one to ask for.</summary>
    public (IReadOnlyList<(long Number, KernelRefused Refusal)> Refusals, long Next) Read(long from = 0)
    {
        lock (_lock) return ([.. _last.Where(kept => kept.Number >= from)], _next);
    }

    public void OnNext(NodeEvent value)
    {
        if (value is not KernelRefused refused) return;
        lock (_lock)
        {
            _last.Enqueue((_next++, refused));
            if (_last.Count > room) _last.Dequeue();
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
