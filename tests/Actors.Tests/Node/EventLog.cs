using System.Threading.Channels;
using Concentrator.Actors.Node;

namespace Concentrator.Actors.Tests.Node;

/// <summary>Keeps what a node tells, and lets a test wait for something of it. What was waited for once is not seen again.</summary>
internal sealed class EventLog(string name) : IObserver<NodeEvent>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<NodeEvent> _events = Channel.CreateUnbounded<NodeEvent>();
    private readonly List<NodeEvent> _seen = [];
    private readonly Lock _lock = new();

    /// <summary>Raised for each event, on the thread that tells it.</summary>
    public event Action<NodeEvent>? Told;

    public IReadOnlyList<NodeEvent> Seen
    {
        get
        {
            lock (_lock) return [.. _seen];
        }
    }

    public void OnNext(NodeEvent value)
    {
        lock (_lock) _seen.Add(value);
        Told?.Invoke(value);
        _events.Writer.TryWrite(value);
    }

    public void OnCompleted() => _events.Writer.TryComplete();

    public void OnError(Exception error) => _events.Writer.TryComplete(error);

    /// <summary>The next event of this kind that fits; names what it waited for when it does not come.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? fits = null, string what = "")
        where T : NodeEvent
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                if (await _events.Reader.ReadAsync(patience.Token) is T wanted && (fits is null || fits(wanted))) return wanted;
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or ChannelClosedException)
        {
            throw new TimeoutException($"{name} never told of {typeof(T).Name} {what}; it told:\n{string.Join('\n', Seen)}");
        }
    }
}
