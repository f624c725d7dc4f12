using System.Collections.Concurrent;
using System.Diagnostics;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Demo.Failover;

/// <summary>
/// What the peers see of their gateway, tunnel by tunnel: how often they authenticated, and when they were last answered. Written by the peers' actors, read by the
/// player; safe from any thread.
/// </summary>
internal sealed class PeerLedger : IObserver<NodeEvent>
{
    private static readonly TimeSpan Moments = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<string, Entry> _tunnels = [];
    private long _marked = long.MaxValue;

    /// <summary>IKE_AUTH requests of all tunnels, without repetitions: each proves the peer anew.</summary>
    public int Authentications => _tunnels.Values.Sum(tunnel => Volatile.Read(ref tunnel.Authentications));

    /// <summary>From now on is counted when each tunnel is answered for the first time.</summary>
    public void Mark()
    {
        Volatile.Write(ref _marked, Stopwatch.GetTimestamp());
    }

    /// <summary>How long after the mark a liveness check of this tunnel was answered; null: not yet.</summary>
    public TimeSpan? AnsweredAfter(string tunnel) => SinceMark(Volatile.Read(ref Of(tunnel).Answered));

    /// <summary>The same of any authentic and new message: an answer, or a question of the node that has taken over.</summary>
    public TimeSpan? HeardAfter(string tunnel) => SinceMark(Volatile.Read(ref Of(tunnel).Heard));

    /// <summary>From the first message of the tunnel until both ends were authenticated; null: they are not.</summary>
    public TimeSpan? SetUpTime(string tunnel) =>
        Volatile.Read(ref Of(tunnel).Established) is var established and not 0 ? Stopwatch.GetElapsedTime(Volatile.Read(ref Of(tunnel).Called), established) : null;

    public void OnNext(NodeEvent value)
    {
        if (value is not IkeSaHappened { IkeSa.Name: var name, Event: var happened }) return;
        switch (happened)
        {
            case MessageSent { Repeated: false } sent when sent.Summary.StartsWith("IKE_AUTH request", StringComparison.Ordinal):
                Interlocked.Increment(ref Of(name).Authentications);
                break;
            case MessageSent { Repeated: false } sent when sent.Summary.StartsWith("IKE_SA_INIT request", StringComparison.Ordinal):
                Interlocked.CompareExchange(ref Of(name).Called, Stopwatch.GetTimestamp(), 0);
                break;
            case StateChanged { To: IkeSaState.Established }:
                Interlocked.CompareExchange(ref Of(name).Established, Stopwatch.GetTimestamp(), 0);
                break;
            case MessageReceived { Repeated: false } received when received.Summary.StartsWith("INFORMATIONAL response", StringComparison.Ordinal):
                Note(ref Of(name).Answered);
                Note(ref Of(name).Heard);
                break;
            case MessageReceived { Repeated: false }:
                Note(ref Of(name).Heard);
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    /// <summary>What the node that was killed had sent before is read within moments, and does not count.</summary>
    private void Note(ref long first)
    {
        long marked = Volatile.Read(ref _marked);
        if (marked != long.MaxValue && Stopwatch.GetElapsedTime(marked) > Moments) Interlocked.CompareExchange(ref first, Stopwatch.GetTimestamp(), 0);
    }

    private TimeSpan? SinceMark(long at) => at == 0 ? null : Stopwatch.GetElapsedTime(Volatile.Read(ref _marked), at);

    private Entry Of(string tunnel) => _tunnels.GetOrAdd(tunnel, _ => new Entry());

    private sealed class Entry
    {
        public int Authentications;
        public long Called;
        public long Established;
        public long Heard;
        public long Answered;
    }
}
