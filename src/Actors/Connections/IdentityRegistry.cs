using Concentrator.Actors.Messages;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Connections;

/// <summary>What an IKE SA that became established means for others of the same two identities.</summary>
/// <param name="Replaced">To be abandoned.</param>
/// <param name="IsRefused">The newcomer has to go, because <c>unique = keep</c> and there is an older one, or because the one that replaces all is newer than it.</param>
internal sealed record UniquenessVerdict(IReadOnlyList<SessionId> Replaced, bool IsRefused)
{
    public static UniquenessVerdict Nothing { get; } = new([], false);
}

/// <summary>
/// An established IKE SA and the pair of identities it stands for, as all nodes are told. <see cref="EstablishedAt"/>: milliseconds since 1970, by the clock of
/// the node where that was. <see cref="ReplacesOthers"/>: the peer said INITIAL_CONTACT (RFC 7296 §2.4), or the policy wants the newest.
/// <see cref="IsResumed"/>: it is older than its news, for another node began it.
/// </summary>
internal sealed record IdentityClaim(
    SessionId Session, Identity Local, Identity Remote, UniquePolicy Unique, bool ReplacesOthers, long EstablishedAt, bool IsResumed = false) : INodeMessage
{
    public bool Replaces => Unique != UniquePolicy.Never && (ReplacesOthers || Unique == UniquePolicy.Replace);

    /// <summary>The same order on all nodes, so that of two at the same moment one stays, and the same one everywhere.</summary>
    public bool IsNewerThan(IdentityClaim other) => (EstablishedAt, Session.Value).CompareTo((other.EstablishedAt, other.Session.Value)) > 0;
}

/// <summary>Which established IKE SAs of this node stand for which pair of identities. Not thread-safe.</summary>
internal sealed class IdentityRegistry
{
    /// <summary>Of two IKE SAs the one that is here for longer is the older, whatever the clocks of their nodes say; within this the clocks have to do.</summary>
    private static readonly TimeSpan SameMoment = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(Identity Local, Identity Remote), List<SessionId>> _sessions = [];
    private readonly Dictionary<SessionId, (IdentityClaim Claim, TimeSpan Since)> _claims = [];

    public int Count => _claims.Count;

    /// <summary>An IKE SA with this peer is established. <paramref name="local"/> null: under whatever name of ours.</summary>
    public bool Knows(Identity? local, Identity remote) =>
        _sessions.Keys.Any(pair => pair.Remote.Equals(remote) && (local is null || pair.Local.Equals(local)));

    /// <summary>One of this node: it stands for its pair from now on, unless it is refused.</summary>
    /// <param name="claim">The newcomer.</param>
    /// <param name="now">On the node's clock.</param>
    public UniquenessVerdict Announce(IdentityClaim claim, TimeSpan now)
    {
        UniquenessVerdict verdict = Judge(claim, now);
        if (!verdict.IsRefused && _claims.TryAdd(claim.Session, (claim, now))) Add(claim);
        foreach (SessionId replaced in verdict.Replaced) Forget(replaced);
        return verdict;
    }

    /// <summary>One of another node: what that means for those that are here, and for itself.</summary>
    public UniquenessVerdict Hear(IdentityClaim claim, TimeSpan now)
    {
        UniquenessVerdict verdict = Judge(claim, now);
        foreach (SessionId replaced in verdict.Replaced) Forget(replaced);
        return verdict;
    }

    public void Forget(SessionId session)
    {
        if (!_claims.Remove(session, out (IdentityClaim Claim, TimeSpan) known)) return;
        (Identity, Identity) pair = (known.Claim.Local, known.Claim.Remote);
        List<SessionId> sessions = _sessions[pair];
        sessions.Remove(session);
        if (sessions.Count == 0) _sessions.Remove(pair);
    }

    private UniquenessVerdict Judge(IdentityClaim claim, TimeSpan now)
    {
        if (!_sessions.TryGetValue((claim.Local, claim.Remote), out List<SessionId>? known)) return UniquenessVerdict.Nothing;
        List<(IdentityClaim Claim, bool IsOlder)> others =
        [
            .. known.Where(session => session != claim.Session).Select(session => (_claims[session].Claim, IsOlder(session, claim, now))),
        ];
        List<SessionId> replaced = claim.Replaces ? [.. others.Where(o => o.IsOlder).Select(o => o.Claim.Session)] : [];
        bool isRefused = claim.Unique == UniquePolicy.Keep && !claim.Replaces
            ? others.Any(o => o.IsOlder)
            : claim.Unique != UniquePolicy.Never && others.Any(o => !o.IsOlder && o.Claim.Replaces);
        return new UniquenessVerdict(replaced, isRefused);
    }

    private bool IsOlder(SessionId session, IdentityClaim newcomer, TimeSpan now)
    {
        (IdentityClaim claim, TimeSpan since) = _claims[session];
        return (!newcomer.IsResumed && now - since > SameMoment) || newcomer.IsNewerThan(claim);
    }

    private void Add(IdentityClaim claim)
    {
        if (_sessions.TryGetValue((claim.Local, claim.Remote), out List<SessionId>? sessions)) sessions.Add(claim.Session);
        else _sessions.Add((claim.Local, claim.Remote), [claim.Session]);
    }
}
