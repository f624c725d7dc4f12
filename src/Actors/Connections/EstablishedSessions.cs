using System.Net;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Connections;

/// <summary>The established IKE SAs of this node, by connection and by peer's address, and since when. Not thread-safe.</summary>
internal sealed class EstablishedSessions
{
    private readonly Dictionary<SessionId, Entry> _sessions = [];
    private readonly Dictionary<string, HashSet<SessionId>> _byConnection = [];
    private readonly Dictionary<IPAddress, HashSet<SessionId>> _byAddress = [];

    public int Count => _sessions.Count;

    public void Enter(SessionId session, string connection, IPAddress? remote, TimeSpan now)
    {
        Leave(session);
        _sessions[session] = new Entry(connection, remote, now);
        Add(_byConnection, connection, session);
        if (remote is not null) Add(_byAddress, remote, session);
    }

    public void Leave(SessionId session)
    {
        if (!_sessions.Remove(session, out Entry? entry)) return;
        Remove(_byConnection, entry.Connection, session);
        if (entry.Remote is not null) Remove(_byAddress, entry.Remote, session);
    }

    /// <summary>One of this connection; null when there is none.</summary>
    public SessionId? Find(string connection) => _byConnection.TryGetValue(connection, out HashSet<SessionId>? sessions) ? sessions.First() : null;

    public IEnumerable<SessionId> All(string connection) => _byConnection.TryGetValue(connection, out HashSet<SessionId>? sessions) ? sessions : [];

    /// <summary>One of this connection with the peer at this address; null when there is none.</summary>
    public SessionId? Find(string connection, IPAddress remote) =>
        _byAddress.TryGetValue(remote, out HashSet<SessionId>? there) && there.FirstOrDefault(s => _sessions[s].Connection == connection) is { IsNone: false } session
            ? session
            : null;

    /// <summary>One with the peer at this address; null when there is none.</summary>
    public SessionId? Find(IPAddress remote) => _byAddress.TryGetValue(remote, out HashSet<SessionId>? sessions) ? sessions.First() : null;

    /// <summary>For how long it has been established; zero when it is not.</summary>
    public TimeSpan AgeOf(SessionId session, TimeSpan now) => _sessions.TryGetValue(session, out Entry? entry) ? now - entry.Since : TimeSpan.Zero;

    private static void Add<T>(Dictionary<T, HashSet<SessionId>> index, T key, SessionId session)
        where T : notnull
    {
        if (!index.TryGetValue(key, out HashSet<SessionId>? sessions)) index[key] = sessions = [];
        sessions.Add(session);
    }

    private static void Remove<T>(Dictionary<T, HashSet<SessionId>> index, T key, SessionId session)
        where T : notnull
    {
        HashSet<SessionId> sessions = index[key];
        sessions.Remove(session);
        if (sessions.Count == 0) index.Remove(key);
    }

    private sealed record Entry(string Connection, IPAddress? Remote, TimeSpan Since);
}
