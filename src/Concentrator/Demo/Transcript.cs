using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Ladders;

namespace Concentrator.Demo;

/// <summary>
/// What happened on both sides, in the order in which it was seen: messages as they are sent, kernel calls as they are answered, states as they change.
/// Written from the nodes' threads, read by the player; safe from any thread.
/// </summary>
internal sealed class Transcript
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly List<LadderStep> _steps = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<LadderStep> Steps
    {
        get
        {
            lock (_lock) return [.. _steps];
        }
    }

    /// <summary>The messages of one side, or of both, as the summaries say.</summary>
    public IReadOnlyList<string> Messages(Side? from = null) =>
        [.. Steps.OfType<MessageStep>().Where(m => from is null || m.At == from).Select(m => m.Summary)];

    public void Add(LadderStep step)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _steps.Add(step);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    /// <summary>Both sides tell what they send: what they receive is no news.</summary>
    public void Add(Side side, NodeEvent happened)
    {
        if (happened is IkeSaHappened { Event: MessageReceived }) return;
        foreach (LadderStep step in LadderSteps.Of(side, happened)) Add(step);
    }

    /// <summary>Waits until something is true of what was seen.</summary>
    /// <exception cref="TimeoutException">It did not become true in time; the message says what was waited for.</exception>
    public async Task UntilAsync(Func<Transcript, bool> isTrue, string what)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            Task changed;
            lock (_lock) changed = _changed.Task;
            if (isTrue(this)) return;
            try
            {
                await changed.WaitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"waited {Patience.TotalSeconds:F0} s for {what}");
            }
        }
    }
}
