using System.Collections.Immutable;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// The right of one IKE SA actor to exist, and what others may see of it. Made by who mints the session id, written by the actor and
/// its children, read from any thread.
/// </summary>
internal sealed class SessionEntry(SessionId session)
{
    private ImmutableDictionary<uint, ChildSaSnapshot> _children = ImmutableDictionary<uint, ChildSaSnapshot>.Empty;
    private IkeSaSnapshot _face = new(session, "(unnamed)", 0, IkeSaState.Created, false, 0, 0, null, null, null, null, []);

    public SessionId Session { get; } = session;

    /// <summary>It has its actor.</summary>
    public bool IsTaken { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    /// <summary>We set up the IKE SA.</summary>
    public bool IsInitiator => Volatile.Read(ref _face).IsInitiator;

    /// <summary>0 until the actor is there.</summary>
    public int Number => Volatile.Read(ref _face).Number;

    public IkeSaState State => Volatile.Read(ref _face).State;

    public void Show(IkeSaSnapshot face) => Volatile.Write(ref _face, face);

    public void Show(ChildSaSnapshot child) =>
        ImmutableInterlocked.AddOrUpdate(ref _children, child.ChildId, child, (_, _) => child);

    public void Hide(uint childId) => ImmutableInterlocked.TryRemove(ref _children, childId, out _);

    /// <summary>Adds this IKE SA's children to the counts, one a state.</summary>
    public void CountChildren(int[] counts)
    {
        foreach ((_, ChildSaSnapshot child) in Volatile.Read(ref _children)) counts[(int)child.State]++;
    }

    public int ChildCount => Volatile.Read(ref _children).Count;

    public bool Fits(SessionPattern pattern, string? state)
    {
        IkeSaSnapshot face = Volatile.Read(ref _face);
        return (state is null || string.Equals(face.State.DisplayName(), state, StringComparison.OrdinalIgnoreCase)) && pattern.Matches(face, Volatile.Read(ref _children));
    }

    public IkeSaSnapshot Snapshot() =>
        Volatile.Read(ref _face) with { Children = [.. Volatile.Read(ref _children).Values.OrderBy(child => child.Number)] };
}
