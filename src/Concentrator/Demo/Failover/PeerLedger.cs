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
    private readonly ConcurrentDictionary<string, Entry> _tunnels = [];
    private long _marked = long.MaxValue;

    /// <summary>IKE_SA_INIT and IKE_AUTH requests of all tunnels, without repetitions.</summary>
    public int SetUps => _tunnels.Values.Sum(tunnel => Volatile.Read(ref tunnel.SetUps));

    /// <summary>IKE_AUTH requests: each proves the peer anew.</summary>
    public int Authentications => _tunnels.Values.Sum(tunnel => Volatile.Read(ref tunnel.Authentications));

    /// <summary>From now on is counted when each tunnel is answered for the first time.</summary>
    public void Mark()
    {
        foreach (Entry tunnel in _tunnels.Values) Volatile.Write(ref tunnel.Answered, 0);
        Volatile.Write(ref _marked, Stopwatch.GetTimestamp());
    }

    /// <summary>How long after the mark a liveness check of this tunnel was answered; null: not yet.</summary>
    public TimeSpan? AnsweredAfter(string tunnel) =>
        _tunnels.TryGetValue(tunnel, out Entry? entry) && Volatile.Read(ref entry.Answered) is var answered and not 0 ? Stopwatch.GetElapsedTime(Volatile.Read(ref _marked), answered) : null;

    public void OnNext(NodeEvent value)
    {
        if (value is not IkeSaHappened { IkeSa.Name: var name, Event: var happened }) return;
        switch (happened)
        {
            case MessageSent { Repeated: false } sent when sent.Summary.StartsWith("IKE_AUTH request", StringComparison.Ordinal):
                Entry tunnel = Of(name);
                Interlocked.Increment(ref tunnel.Authentications);
                Interlocked.Increment(ref tunnel.SetUps);
                break;
            case MessageSent { Repeated: false } sent when sent.Summary.StartsWith("IKE_SA_INIT request", StringComparison.Ordinal):
                Interlocked.Increment(ref Of(name).SetUps);
                break;
            case MessageReceived { Repeated: false } received when received.Summary.StartsWith("INFORMATIONAL response", StringComparison.Ordinal):
                // What the node that was killed had sent before is read within moments.
                if (Stopwatch.GetTimestamp() > Volatile.Read(ref _marked)) Interlocked.CompareExchange(ref Of(name).Answered, Stopwatch.GetTimestamp(), 0);
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private Entry Of(string tunnel) => _tunnels.GetOrAdd(tunnel, _ => new Entry());

    private sealed class Entry
    {
        public int SetUps;
        public int Authentications;
        public long Answered;
    }
}
