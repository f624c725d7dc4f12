using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

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
        [.. Steps.OfType<MessageStep>().Where(m => from is null || m.From == from).Select(m => m.Summary)];

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

    /// <summary>What a node asks of its kernel for itself, to learn its algorithms, is no part of the story.</summary>
    public void Add(Side side, XfrmCall call)
    {
        if (!AlgorithmProbe.IsProbe(call.Request)) Add(new KernelStep(side, $"{NameOf(call.Request)} → {call.Reply}", !call.Reply.Succeeded));
    }

    public void Add(Side side, NodeEvent happened)
    {
        if (StepOf(side, happened) is { } step) Add(step);
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

    /// <summary>The message and what it is about, short enough for a ladder.</summary>
    private static string NameOf(XfrmRequest request) => request switch
    {
        AddSa add => $"XFRM_MSG_NEWSA {(add.Sa.Direction == XfrmDirection.In ? "in " : "out")} {add.Sa.Spi:x8}",
        DeleteSa delete => $"XFRM_MSG_DELSA {delete.Id.Spi:x8}",
        AddPolicy add => $"XFRM_MSG_NEWPOLICY {NameOf(add.Policy.Key)}",
        UpdatePolicy update => $"XFRM_MSG_UPDPOLICY {NameOf(update.Policy.Key)}",
        DeletePolicy delete => $"XFRM_MSG_DELPOLICY {NameOf(delete.Key)}",
        _ => request.ToString(),
    };

    private static string NameOf(PolicyKey key) => $"{key.Direction.ToString().ToLowerInvariant()} {key.Selector}";

    private static LadderStep? StepOf(Side side, NodeEvent happened) => happened switch
    {
        IkeSaHappened { Event: MessageSent sent } => new MessageStep(side, sent.Summary, sent.Octets, sent.Repeated ? "repeated" : ""),
        IkeSaHappened { Event: StateChanged changed } when changed.From.DisplayName() != changed.To.DisplayName() =>
            new StateStep(side, $"IKE_SA {changed.From.DisplayName()} => {changed.To.DisplayName()}"),
        IkeSaHappened { Event: Remark { Severity: >= Severity.Warning } remark } => new StateStep(side, remark.Text, IsError: true),
        ChildSaStateChanged changed => new StateStep(side, $"CHILD_SA {changed.Child} {changed.From.ToString().ToUpperInvariant()} => {changed.To.ToString().ToUpperInvariant()}"),
        KernelRefused refused => new StateStep(side, $"{refused.ErrnoName}: {refused.Hint}", IsError: true),
        _ => null,
    };
}
