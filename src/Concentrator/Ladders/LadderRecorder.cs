using System.Collections.Concurrent;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;

namespace Concentrator.Ladders;

/// <summary>
/// Keeps the ladders of the newest IKE SAs, those that are over included, and of those that somebody looks at. Bounded: so many IKE SAs, so many steps each;
/// of all others nothing is kept. Called on the threads of actors: a look-up, and for an IKE SA that is recorded a copy of what is told.
/// </summary>
/// <param name="ladders">How many IKE SAs are recorded; 0: none.</param>
/// <param name="steps">How many of the last steps of each.</param>
internal sealed class LadderRecorder(int ladders, int steps) : IObserver<NodeEvent>
{
    public const int DefaultLadders = 512;
    public const int DefaultSteps = 64;

    private readonly ConcurrentDictionary<int, Ladder> _byNumber = new();

    /// <summary>The newest of each: a session id may come back.</summary>
    private readonly ConcurrentDictionary<SessionId, Ladder> _bySession = new();
    private readonly Lock _lock = new();

    /// <summary>
    /// Oldest first. Two queues, so that a flood of peers that never authenticate does not wash away what is known of those that did.
    /// </summary>
    private readonly LinkedList<Ladder> _established = new();
    private readonly LinkedList<Ladder> _others = new();
    private volatile int _forgotten;
    private volatile ConcentratorNode? _node;

    /// <summary>From now on ladders show what their IKE SAs look like.</summary>
    public void Attach(ConcentratorNode node)
    {
        _node = node;
        foreach (Ladder ladder in Ladders) Look(ladder);
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Ladder> Ladders
    {
        get
        {
            lock (_lock) return [.. _established.Concat(_others).OrderByDescending(ladder => ladder.Number)];
        }
    }

    /// <summary>The newest of this session; null: not recorded.</summary>
    public Ladder? Find(SessionId session) => _bySession.GetValueOrDefault(session);

    /// <summary>Somebody looks at this IKE SA: it is recorded from now on, if it was not. Null when it lives no more, and nothing of it is left.</summary>
    public Ladder? Watch(SessionId session)
    {
        Ladder? known = Find(session);
        if (ladders == 0 || _node?.Find(session) is not { } face) return known;
        if (known is not null && known.Number == face.Number) return known;
        Ladder watched = Admit(new IkeSaName(session, face.Name, face.Number), DateTimeOffset.UtcNow);
        watched.Face = face;
        if (face.EstablishedAt is not null) Settle(watched);
        return watched;
    }

    public void OnNext(NodeEvent value)
    {
        if (ladders == 0 || LadderSteps.SubjectOf(value) is not { } subject) return;
        if (!_byNumber.TryGetValue(subject.Number, out Ladder? ladder))
        {
            // Numbers grow: what is not beyond those that were forgotten was one of them.
            if (subject.Number <= _forgotten || subject.Number == 0) return;
            ladder = Admit(subject, value.At);
        }

        ladder.Add(value);
        switch (value)
        {
            case IkeSaHappened { Event: StateChanged { To: IkeSaState.Established } }:
                Look(ladder);
                Settle(ladder);
                break;
            case IkeSaEnded or IkeSaHappened { Event: StateChanged or IkeSaRekeyed }:
                Look(ladder);
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Look(Ladder ladder) => ladder.Face = _node?.Find(ladder.IkeSa.Session) ?? ladder.Face;

    private Ladder Admit(IkeSaName ikeSa, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_byNumber.TryGetValue(ikeSa.Number, out Ladder? raced)) return raced;
            Ladder ladder = new(ikeSa, at, steps);
            ladder.Place = _others.AddLast(ladder);
            _byNumber[ikeSa.Number] = _bySession[ikeSa.Session] = ladder;
            while (_byNumber.Count > ladders) Forget(ladder);
            return ladder;
        }
    }

    private void Settle(Ladder ladder)
    {
        lock (_lock)
        {
            if (ladder.WasEstablished || ladder.Place?.List is null) return;
            ladder.WasEstablished = true;
            _others.Remove(ladder.Place);
            _established.AddLast(ladder.Place);
        }
    }

    private void Forget(Ladder newest)
    {
        LinkedList<Ladder> queue = _others.Count > ladders / 2 || _established.Count == 0 ? _others : _established;
        Ladder oldest = queue.First!.Value == newest && _established.Count > 0 ? _established.First!.Value : queue.First.Value;
        oldest.Place!.List!.Remove(oldest.Place);
        _byNumber.TryRemove(oldest.Number, out _);
        _bySession.TryRemove(new KeyValuePair<SessionId, Ladder>(oldest.IkeSa.Session, oldest));
        _forgotten = Math.Max(_forgotten, oldest.Number);
    }
}
