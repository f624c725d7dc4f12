using System.Net;
using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Connections;

/// <summary>
/// One per node: calls the connections that the configuration wants up, one attempt at a time each, again with back-off where
/// <see cref="KeyingPolicy"/> says so; and keeps which IKE SA stands for which pair of identities.
/// </summary>
internal sealed class ConnectionsActor(NodeContext node) : UntypedActor, IWithTimers
{
    private readonly IdentityRegistry _identities = new();
    private readonly Dictionary<string, Attempt> _attempts = [];
    private readonly Dictionary<SessionId, Attempt> _running = [];
    private bool _stopping;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node) => Akka.Actor.Props.Create(() => new ConnectionsActor(node));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CallStartConnections:
                CallAllAtStart();
                break;
            case Call call:
                CallByName(call);
                break;
            case SessionEstablished established:
                Enter(established);
                break;
            case SessionOver over:
                Leave(over);
                break;
            case Attempt due:
                Place(due);
                break;
            case StopCalling:
                _stopping = true;
                Timers.CancelAll();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void CallAllAtStart()
    {
        foreach (ConnectionConfig connection in node.Session.Config.Connections)
        {
            List<string> children = [.. connection.Children.Where(child => child.StartAction.HasFlag(ChildAction.Start)).Select(child => child.Name)];
            if (children.Count > 0) Begin(connection, children);
        }
    }

    private void CallByName(Call call)
    {
        ConnectionConfig? connection = node.Session.Config.Connections.FirstOrDefault(c => c.Name == call.Connection);
        if (connection is null) node.Log.Cfg.NoSuchConnection(Printable.Text(call.Connection));
        else Begin(connection, call.Children);
    }

    private void Begin(ConnectionConfig connection, IReadOnlyList<string> children)
    {
        if (_attempts.ContainsKey(connection.Name)) return;
        Attempt attempt = new(connection, children);
        _attempts.Add(connection.Name, attempt);
        Place(attempt);
    }

    /// <summary>One attempt: a fresh session in a shard of this node.</summary>
    private void Place(Attempt attempt)
    {
        if (_stopping) return;
        attempt.Number++;
        if (FindPath(attempt.Connection) is not { } path)
        {
            node.Log.Cfg.NoRoute(attempt.Connection.Name);
            Retry(attempt, EndReason.PeerUnreachable, wasEstablished: false);
            return;
        }

        SessionId session;
        do session = node.Minter.MintForInitiator(node.Shards);
        while (!node.Sessions.TryEnter(session));
        attempt.Session = session;
        _running.Add(session, attempt);
        Initiate initiate = new(attempt.Connection, attempt.Children, path, IsInitialContact(attempt.Connection));
        node.Actors.Sessions.Tell(new DeliverInput(session, initiate));
    }

    private void Enter(SessionEstablished established)
    {
        if (_running.TryGetValue(established.Session, out Attempt? attempt)) attempt.Number = 0;
        UniquenessVerdict verdict = _identities.Announce(
            established.Session, established.Local, established.Remote, established.Unique, established.ReplaceOthers);
        foreach (SessionId older in verdict.Replaced)
            node.Actors.Sessions.Tell(new DeliverInput(older, new Abandon(EndReason.Replaced)));
        if (verdict.IsRefused)
            node.Actors.Sessions.Tell(new DeliverInput(established.Session, new Close(EndReason.Replaced)));
    }

    private void Leave(SessionOver over)
    {
        _identities.Forget(over.Session);
        if (_running.Remove(over.Session, out Attempt? attempt)) Retry(attempt, over.Reason, over.WasEstablished);
    }

    private void Retry(Attempt attempt, EndReason reason, bool wasEstablished)
    {
        attempt.Session = default;
        if (_stopping || !KeyingPolicy.CallsAgain(reason, wasEstablished, attempt.Number, attempt.Connection.KeyingTries))
        {
            _attempts.Remove(attempt.Connection.Name);
            if (!_stopping) node.Log.Cfg.ConnectionGivenUp(attempt.Connection.Name, reason);
            return;
        }

        TimeSpan delay = node.Options.ConnectionRetry.Delay(Math.Max(1, attempt.Number), node.Session.Random);
        node.Log.Cfg.ConnectionRetry(attempt.Connection.Name, delay.TotalSeconds, reason);
        Timers.StartSingleTimer(attempt.Connection.Name, attempt, delay);
    }

    // RFC 7296 §2.4: INITIAL_CONTACT asserts that this IKE SA is the only one between the two identities.
    private bool IsInitialContact(ConnectionConfig connection) =>
        connection.Remote.Id?.Exact is { } remote
        && !_identities.Knows(connection.Local.Id?.Exact, remote)
        // Another call of the same pair that is under way would be undone by it.
        && _running.Values.All(other => other.Connection == connection
            || !Equals(other.Connection.Remote.Id, connection.Remote.Id) || !Equals(other.Connection.Local.Id, connection.Local.Id));

    private IkePath? FindPath(ConnectionConfig connection)
    {
        IPAddress? remote = connection.RemoteAddresses.FirstOrDefault(range => range.IsSingle)?.Start;
        if (remote is null) return null;
        IPAddress? local = connection.LocalAddresses.FirstOrDefault(range => range.IsSingle && range.Start.AddressFamily == remote.AddressFamily)?.Start
            ?? node.Session.SourceTowards(remote);
        if (local is null) return null;
        ushort localPort = node.Transport.LocalPort(connection.LocalPort);
        return new IkePath(new IPEndPoint(local, localPort), new IPEndPoint(remote, connection.RemotePort), NonEspMarker: node.Transport.IsNatPort(localPort));
    }

    /// <summary>A connection that is to be up. <see cref="Number"/> counts the attempts since it last was.</summary>
    private sealed class Attempt(ConnectionConfig connection, IReadOnlyList<string> children) : INoSerializationVerificationNeeded
    {
        public ConnectionConfig Connection { get; } = connection;

        public IReadOnlyList<string> Children { get; } = children;

        public int Number { get; set; }

        public SessionId Session { get; set; }
    }
}
