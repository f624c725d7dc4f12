using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Connections;

/// <summary>What an IKE SA that became established means for others of the same two identities.</summary>
/// <param name="Replaced">Older ones, to be abandoned.</param>
/// <param name="IsRefused">The newcomer has to go, because <c>unique = keep</c> and there is an older one.</param>
internal sealed record UniquenessVerdict(IReadOnlyList<SessionId> Replaced, bool IsRefused);

/// <summary>Which established IKE SAs stand for which pair of identities. Not thread-safe.</summary>
internal sealed class IdentityRegistry
{
    private readonly Dictionary<(Identity Local, Identity Remote), List<SessionId>> _sessions = [];
    private readonly Dictionary<SessionId, (Identity, Identity)> _pairs = [];

    public int Count => _pairs.Count;

    /// <summary>An IKE SA with this peer is established. <paramref name="local"/> null: under whatever name of ours.</summary>
    public bool Knows(Identity? local, Identity remote) =>
        _sessions.Keys.Any(pair => pair.Remote.Equals(remote) && (local is null || pair.Local.Equals(local)));

    /// <param name="session">The newcomer.</param>
    /// <param name="local">Our identity.</param>
    /// <param name="remote">The peer's identity.</param>
    /// <param name="unique">The connection's policy.</param>
    /// <param name="replaceOthers">The peer said INITIAL_CONTACT (RFC 7296 §2.4), or the policy wants the newest.</param>
    public UniquenessVerdict Announce(SessionId session, Identity local, Identity remote, UniquePolicy unique, bool replaceOthers)
    {
        List<SessionId> others = _sessions.TryGetValue((local, remote), out List<SessionId>? known) ? known : [];
        List<SessionId> older = [.. others.Where(other => other != session)];
        bool replace = unique != UniquePolicy.Never && (replaceOthers || unique == UniquePolicy.Replace);

        if (unique == UniquePolicy.Keep && !replace && older.Count > 0) return new UniquenessVerdict([], true);
        if (!_pairs.ContainsKey(session)) Add(session, (local, remote));
        if (!replace) return new UniquenessVerdict([], false);
        older.ForEach(Forget);
        return new UniquenessVerdict(older, false);
    }

    public void Forget(SessionId session)
    {
        if (!_pairs.Remove(session, out (Identity, Identity) pair)) return;
        List<SessionId> sessions = _sessions[pair];
        sessions.Remove(session);
        if (sessions.Count == 0) _sessions.Remove(pair);
    }

    private void Add(SessionId session, (Identity, Identity) pair)
    {
        _pairs.Add(session, pair);
        if (_sessions.TryGetValue(pair, out List<SessionId>? sessions)) sessions.Add(session);
        else _sessions.Add(pair, [session]);
    }
}
