using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// The right of one IKE SA actor to exist, and what others may see of it. Made by who mints the session id, written by the actor and
/// its children, read from any thread. One that goes on here is seen as it is before it has its actor.
/// </summary>
internal sealed class SessionEntry(SessionId session, RestoredSession? restored = null)
{
    private RestoredSession? _restored = restored;
    private ChildSaSnapshot[] _children = [];

    /// <summary>Negative: that revision is being written, or could not be.</summary>
    private long _stored = restored?.Revision ?? 0;
    private IkeSaSnapshot _face = restored is null
        ? new IkeSaSnapshot(session, "(unnamed)", 0, IkeSaState.Created, false, 0, 0, null, null, null, null, [])
        : IkeSaSnapshot.Of(session, restored.Number, restored.IkeSa);

    public SessionId Session { get; } = session;

    /// <summary>It has its actor.</summary>
    public bool IsTaken { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>By its actor: what it goes on with, which is the caller's from then on; null of one that begins.</summary>
    public RestoredSession? Take()
    {
        IsTaken = true;
        return DropRestored();
    }

    /// <summary>What nobody has taken; the caller's from then on.</summary>
    public RestoredSession? DropRestored() => Interlocked.Exchange(ref _restored, null);

    /// <summary>The revision that the store has, and whether that is the session as it is now.</summary>
    public (long Revision, bool IsCurrent) Stored => Volatile.Read(ref _stored) is var stored && stored < 0 ? (-stored, false) : (stored, stored > 0);

    /// <summary>Its SAs are in the kernel of another node, which its peer's packets come to.</summary>
    public bool IsDataElsewhere { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    public void ShowWriting(long revision) => Volatile.Write(ref _stored, -revision);

    public void ShowStored(long revision) => Volatile.Write(ref _stored, revision);

    /// <summary>We set up the IKE SA.</summary>
    public bool IsInitiator => Volatile.Read(ref _face).IsInitiator;

    /// <summary>0 until the actor is there.</summary>
    public int Number => Volatile.Read(ref _face).Number;

    public IkeSaState State => Volatile.Read(ref _face).State;

    public System.Net.IPEndPoint? Local => Volatile.Read(ref _face).Local;

    public void Show(IkeSaSnapshot face) => Volatile.Write(ref _face, face);

    public void Show(ChildSaSnapshot child) => Change(children =>
        [.. children.Where(other => other.ChildId != child.ChildId), child with { RekeyAt = children.FirstOrDefault(other => other.ChildId == child.ChildId)?.RekeyAt }]);

    /// <summary>It is the IKE SA that knows.</summary>
    public void ShowRekey(uint childId, DateTimeOffset? at) => Change(children => [.. children.Select(child => child.ChildId == childId ? child with { RekeyAt = at } : child)]);

    public void Hide(uint childId) => Change(children => [.. children.Where(child => child.ChildId != childId)]);

    /// <summary>Adds this IKE SA's children to the counts, one a state.</summary>
    public void CountChildren(int[] counts)
    {
        foreach (ChildSaSnapshot child in Volatile.Read(ref _children)) counts[(int)child.State]++;
    }

    public int ChildCount => Volatile.Read(ref _children).Length;

    /// <summary>The same as of a snapshot, which is not made.</summary>
    public bool Fits(IkeSaQuery query)
    {
        IkeSaSnapshot face = Volatile.Read(ref _face);
        if (query.State is not null && !string.Equals(face.State.DisplayName(), query.State, StringComparison.OrdinalIgnoreCase)) return false;
        return query.Pattern.Matches(face, Volatile.Read(ref _children));
    }

    public IkeSaSnapshot Snapshot() =>
        Volatile.Read(ref _face) with { Children = [.. Volatile.Read(ref _children).OrderBy(child => child.Number)] };

    private void Change(Func<ChildSaSnapshot[], ChildSaSnapshot[]> change)
    {
        ChildSaSnapshot[] seen;
        do seen = Volatile.Read(ref _children);
        while (Interlocked.CompareExchange(ref _children, change(seen), seen) != seen);
    }
}
