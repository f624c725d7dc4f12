using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// The IKE SAs that live on this node. Who mints a session id enters it before the first message; the actor takes it out when the IKE SA is over.
/// So the router can tell an unknown SPI without making an actor, and an actor made for a session that is not entered here knows that it
/// must not be. Safe from any thread.
/// </summary>
internal sealed class SessionDirectory
{
    private readonly ConcurrentDictionary<SessionId, SessionEntry> _entries = new();
    private TaskCompletionSource? _emptied;

    /// <summary>Never less than there are.</summary>
    private int _count;

    /// <summary>The dictionary's own takes all its locks.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes no lock and makes no copy, as <see cref="Entries"/>: what comes or goes meanwhile may be among them or not.</summary>
    public IEnumerable<SessionId> Sessions => _entries.Select(one => one.Key);

    public IEnumerable<SessionEntry> Entries => _entries.Select(one => one.Value);

    public bool Contains(SessionId session) => _entries.ContainsKey(session);

    /// <summary>False when the session lives already.</summary>
    public bool TryEnter(SessionId session) => TryEnter(new SessionEntry(session));

    /// <summary>One that goes on here. False when it lives already.</summary>
    public bool TryEnter(SessionId session, RestoredSession restored) => TryEnter(new SessionEntry(session, restored));

    public bool TryFind(SessionId session, [NotNullWhen(true)] out SessionEntry? entry) => _entries.TryGetValue(session, out entry);

    /// <summary>Takes out one that was entered and has no actor yet.</summary>
    public void Withdraw(SessionId session)
    {
        if (TryFind(session, out SessionEntry? entry) && !entry.IsTaken) Remove(entry);
    }

    /// <summary>Takes out this very entry: one that was made meanwhile for the same id stays.</summary>
    public void Remove(SessionEntry entry)
    {
        if (_entries.TryRemove(new KeyValuePair<SessionId, SessionEntry>(entry.Session, entry))) CountOut();
    }

    /// <summary>Completes when no IKE SA lives here. For a node that lets nothing begin any more; one caller at a time.</summary>
    public Task WhenEmptyAsync()
    {
        TaskCompletionSource emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _emptied, emptied);
        if (Count == 0) emptied.TrySetResult();
        return emptied.Task;
    }

    public IReadOnlyList<(IkeSaState State, int Count)> CountIkeSas() => Tally<IkeSaState>((entry, counts) => counts[(int)entry.State]++);

    public IReadOnlyList<(ChildSaState State, int Count)> CountChildSas() => Tally<ChildSaState>((entry, counts) => entry.CountChildren(counts));

    private List<(T State, int Count)> Tally<T>(Action<SessionEntry, int[]> add)
        where T : struct, Enum
    {
        T[] states = Enum.GetValues<T>();
        int[] counts = new int[states.Length];
        foreach (SessionEntry entry in Entries) add(entry, counts);
        return [.. states.Select((state, i) => (state, counts[i]))];
    }

    /// <summary>One page of those that fit. Looks at each entry once and makes snapshots of the page alone.</summary>
    public IkeSaPage Find(IkeSaQuery query)
    {
        List<SessionEntry> fitting = [];
        int total = 0;
        foreach (SessionEntry entry in Entries)
        {
            total++;
            if (entry.Fits(query)) fitting.Add(entry);
        }

        int[] numbers = [.. fitting.Select(entry => query.NewestFirst ? -entry.Number : entry.Number)];
        SessionEntry[] ordered = [.. fitting];
        Array.Sort(numbers, ordered);
        return new IkeSaPage([.. ordered.Skip(query.Offset).Take(query.Limit).Select(entry => entry.Snapshot())], ordered.Length, total);
    }

    public IReadOnlyList<IkeSaSnapshot> Snapshot() => [.. Entries.Select(entry => entry.Snapshot()).OrderBy(ikeSa => ikeSa.Number)];

    private bool TryEnter(SessionEntry entry)
    {
        Interlocked.Increment(ref _count);
        if (_entries.TryAdd(entry.Session, entry)) return true;
        CountOut();
        return false;
    }

    private void CountOut()
    {
        if (Interlocked.Decrement(ref _count) == 0) Volatile.Read(ref _emptied)?.TrySetResult();
    }
}
