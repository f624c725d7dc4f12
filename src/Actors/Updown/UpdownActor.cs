using Akka.Actor;
using Concentrator.Actors.Node;

namespace Concentrator.Actors.Updown;

/// <summary>A child carries traffic. Sent by each child that comes up, also one that replaces another.</summary>
internal sealed record ChildCameUp(UpdownSubject Subject) : INoSerializationVerificationNeeded;

/// <summary>A child that was up carries no traffic any more.</summary>
internal sealed record ChildWentDown(UpdownSubject Subject) : INoSerializationVerificationNeeded;

/// <summary>Answered with <see cref="Akka.Done"/> when no script runs or waits any more.</summary>
internal sealed record AwaitScripts : INoSerializationVerificationNeeded;

/// <summary>
/// Runs people's scripts when tunnels come and go: beside the actors, some at a time, those of one tunnel one after the other in the order of what happened.
/// Nothing waits for a script. Its end kills what still runs.
/// </summary>
internal sealed class UpdownActor(NodeContext node) : UntypedActor
{
    private const int MostAtOnce = 8;

    /// <summary>Children that share a lineage overlap while one replaces another: it is up from the first to the last.</summary>
    private readonly Dictionary<string, (UpdownSubject Subject, int Children)> _up = [];

    /// <summary>By <see cref="UpdownSubject.Order"/>; the first of each runs, if its order is in <see cref="_running"/>.</summary>
    private readonly Dictionary<string, Queue<Run>> _waiting = [];
    private readonly HashSet<string> _running = [];

    /// <summary>Orders that have a run to do and no place yet, each once.</summary>
    private readonly Queue<string> _ready = new();
    private readonly List<IActorRef> _awaiting = [];
    private readonly CancellationTokenSource _stop = new();

    public static Props Props(NodeContext node) => Akka.Actor.Props.Create(() => new UpdownActor(node));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChildCameUp up:
                NoteUp(up.Subject);
                break;
            case ChildWentDown down:
                NoteDown(down.Subject.Lineage);
                break;
            case HasRun ran:
                Finish(ran);
                break;
            case AwaitScripts:
                _awaiting.Add(Sender);
                TellIdle();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private void NoteUp(UpdownSubject subject)
    {
        bool isNew = !_up.TryGetValue(subject.Lineage, out (UpdownSubject Subject, int Children) known);
        _up[subject.Lineage] = (isNew ? subject : known.Subject, known.Children + 1);
        if (isNew) Enqueue(new Run(subject, IsUp: true));
    }

    private void NoteDown(string lineage)
    {
        if (!_up.TryGetValue(lineage, out (UpdownSubject Subject, int Children) known)) return;
        if (known.Children > 1)
        {
            _up[lineage] = (known.Subject, known.Children - 1);
            return;
        }

        _up.Remove(lineage);
        Enqueue(new Run(known.Subject, IsUp: false));
    }

    private void Enqueue(Run run)
    {
        string order = run.Subject.Order;
        if (!_waiting.TryGetValue(order, out Queue<Run>? queue)) _waiting[order] = queue = new Queue<Run>();
        queue.Enqueue(run);
        if (queue.Count == 1) _ready.Enqueue(order);
        StartSome();
    }

    private void StartSome()
    {
        while (_running.Count < MostAtOnce && _ready.TryDequeue(out string? order))
        {
            _running.Add(order);
            Run run = _waiting[order].Peek();
            // Starting a process takes milliseconds: not in an actor's turn.
            CancellationToken stop = _stop.Token;
            Task.Run(() => RunAsync(run, stop), CancellationToken.None).PipeTo(Self);
        }
    }

    private void Finish(HasRun ran)
    {
        string order = ran.Run.Subject.Order;
        _running.Remove(order);
        Queue<Run> queue = _waiting[order];
        queue.Dequeue();
        if (queue.Count > 0) _ready.Enqueue(order);
        else _waiting.Remove(order);
        StartSome();
        TellIdle();
    }

    private void TellIdle()
    {
        if (_waiting.Count > 0) return;
        foreach (IActorRef asker in _awaiting) asker.Tell(Akka.Done.Instance);
        _awaiting.Clear();
    }

    /// <summary>Never throws: an order that did not finish would wait for ever.</summary>
    private async Task<HasRun> RunAsync(Run run, CancellationToken stop)
    {
        string name = $"{run.Subject.Child.Name} {(run.IsUp ? "up" : "down")}";
        try
        {
            foreach (IReadOnlyDictionary<string, string> environment in UpdownEnvironment.Of(run.Subject, run.IsUp))
            {
                string? fault = await UpdownScript.RunAsync(
                    run.Subject.Child.Updown!, environment, node.Options.UpdownTimeout, line => node.Log.Chd.UpdownSays(name, line), stop).ConfigureAwait(false);
                if (fault is not null) node.Log.Chd.UpdownFailed(name, fault);
            }
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            node.Log.Chd.UpdownFailed(name, bug.Message);
        }

        return new HasRun(run);
    }

    private sealed record Run(UpdownSubject Subject, bool IsUp);

    private sealed record HasRun(Run Run) : INoSerializationVerificationNeeded;
}
