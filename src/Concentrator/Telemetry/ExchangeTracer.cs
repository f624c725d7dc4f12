using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;

namespace Concentrator.Telemetry;

/// <summary>
/// Makes a span of each exchange, from its request to its response, with the kernel's work for it as children. While nobody listens to the source an event costs
/// one look at that. Called on the threads of actors.
/// </summary>
internal sealed class ExchangeTracer : IObserver<NodeEvent>, IDisposable
{
    public const string SourceName = "Concentrator";

    private readonly ActivitySource _source = new(SourceName);

    /// <summary>By IKE SA and who asked: one request each way may wait for its response (RFC 7296 §2.3).</summary>
    private readonly ConcurrentDictionary<(SessionId Session, bool IsOurs), Activity> _open = new();
    private int _openCount;

    public void OnNext(NodeEvent value)
    {
        if (!_source.HasListeners() && Volatile.Read(ref _openCount) == 0) return;
        switch (value)
        {
            case IkeSaHappened { Event: MessageSent { Repeated: false } sent } happened:
                Note(happened, sent.Summary, sent.Path, isFromUs: true);
                break;
            case IkeSaHappened { Event: MessageReceived { Repeated: false } received } happened:
                Note(happened, received.Summary, received.Path, isFromUs: false);
                break;
            case KernelCalled { User: { } user } called:
                AddKernelCall(user, called.Call, called.At - called.Took, called.Took, refusal: null);
                break;
            case KernelRefused { User: { } user } refused:
                AddKernelCall(user, refused.Step, refused.At, TimeSpan.Zero, refused.ErrnoName);
                break;
            case IkeSaEnded ended:
                foreach (bool isOurs in new[] { true, false })
                {
                    if (!TryClose((ended.IkeSa.Session, isOurs), out Activity? cut)) continue;
                    cut.SetStatus(ActivityStatusCode.Error, ended.Reason.ToString());
                    Stop(cut, ended.At);
                }

                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _source.Dispose();

    private void Note(IkeSaHappened happened, string summary, IkePath path, bool isFromUs)
    {
        // A summary begins like `IKE_AUTH request 1 [`.
        if (summary.Split(' ', 4) is not [var exchange, var kind, var messageId, ..]) return;
        bool isRequest = kind == "request";
        (SessionId, bool) key = (happened.IkeSa.Session, isFromUs == isRequest);
        if (!isRequest)
        {
            if (!TryClose(key, out Activity? done)) return;
            done.SetTag("concentrator.ike_sa", happened.IkeSa.ToString());
            Stop(done, happened.At);
            return;
        }

        if (Start(exchange, isFromUs ? ActivityKind.Client : ActivityKind.Server, default, happened.At) is not { } activity) return;
        activity.SetTag("concentrator.ike_sa", happened.IkeSa.ToString());
        activity.SetTag("concentrator.message_id", messageId);
        activity.SetTag("network.peer.address", path.Remote.Address.ToString());
        activity.SetTag("network.peer.port", path.Remote.Port);
        if (_open.TryAdd(key, activity)) Interlocked.Increment(ref _openCount);
        else Stop(activity, happened.At);
    }

    private bool TryClose((SessionId, bool) key, [NotNullWhen(true)] out Activity? activity)
    {
        if (!_open.TryRemove(key, out activity)) return false;
        Interlocked.Decrement(ref _openCount);
        return true;
    }

    /// <summary>What the kernel does for an IKE SA belongs to the exchange that is under way; the peer's first, as its response waits for the kernel.</summary>
    private void AddKernelCall(KernelUser user, string call, DateTimeOffset began, TimeSpan took, string? refusal)
    {
        if (!_open.TryGetValue((user.IkeSa.Session, false), out Activity? exchange) && !_open.TryGetValue((user.IkeSa.Session, true), out exchange)) return;
        if (Start($"kernel {call.Split(' ', 2)[0]}", ActivityKind.Internal, exchange.Context, began) is not { } activity) return;
        activity.SetTag("concentrator.ike_sa", user.IkeSa.ToString());
        activity.SetTag("concentrator.child_sa", user.Child.ToString());
        if (refusal is not null) activity.SetStatus(ActivityStatusCode.Error, refusal);
        Stop(activity, began + took);
    }

    /// <summary>Of no thread: an actor's next message may be another's.</summary>
    private Activity? Start(string name, ActivityKind kind, ActivityContext parent, DateTimeOffset began)
    {
        Activity? outer = Activity.Current;
        Activity.Current = null;
        Activity? started = _source.StartActivity(name, kind, parent, startTime: began);
        Activity.Current = outer;
        return started;
    }

    private static void Stop(Activity activity, DateTimeOffset ended)
    {
        Activity? outer = Activity.Current;
        activity.SetEndTime(ended.UtcDateTime);
        activity.Dispose();
        Activity.Current = outer;
    }
}
