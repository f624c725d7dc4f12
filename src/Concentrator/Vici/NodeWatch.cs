using System.Threading.Channels;
using Concentrator.Actors.Node;

namespace Concentrator.Vici;

/// <summary>What happens on a node from the moment it is made, for a command that waits for an outcome. Disposed by the command.</summary>
internal sealed class NodeWatch : IObserver<NodeEvent>, IDisposable
{
    private readonly Channel<NodeEvent> _happened = Channel.CreateUnbounded<NodeEvent>();
    private readonly Predicate<NodeEvent> _isOfInterest;
    private readonly IDisposable _subscription;

    public NodeWatch(ConcentratorNode node, Predicate<NodeEvent> isOfInterest)
    {
        _isOfInterest = isOfInterest;
        _subscription = node.Events.Subscribe(this);
    }

    /// <summary>The first outcome that <paramref name="judge"/> sees, or null when the time is up. Zero: without limit, as vici has it.</summary>
    public async Task<T?> FirstAsync<T>(Func<NodeEvent, T?> judge, TimeSpan timeout, CancellationToken gone)
        where T : class
    {
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(gone);
        if (timeout > TimeSpan.Zero) ends.CancelAfter(timeout);
        try
        {
            await foreach (NodeEvent happened in _happened.Reader.ReadAllAsync(ends.Token).ConfigureAwait(false))
                if (judge(happened) is { } outcome) return outcome;
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            // The time is up.
        }

        return null;
    }

    public void OnNext(NodeEvent value)
    {
        if (_isOfInterest(value)) _happened.Writer.TryWrite(value);
    }

    public void OnCompleted() => _happened.Writer.TryComplete();

    public void OnError(Exception error) => _happened.Writer.TryComplete(error);

    public void Dispose() => _subscription.Dispose();
}
