using System.Net;
using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Connections;

/// <summary>
/// One per node: calls the connections that the configuration wants up, one attempt at a time each, again with back-off where
/// <see cref="KeyingPolicy"/> says so; keeps which IKE SA stands for which pair of identities; and owns the traps, which call when there is traffic.
/// </summary>
/// <remarks>Parts: calling here, Redirects, Traps, Configuring, Requests.</remarks>
internal sealed partial class ConnectionsActor(NodeContext node) : UntypedActor, IWithTimers
{
    private const ushort IkePort = 500;
    private static readonly TimeSpan ShardPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ShardsPatience = TimeSpan.FromSeconds(30);

    private readonly IdentityRegistry _identities = new();
    private readonly Dictionary<string, Attempt> _attempts = [];
    private readonly Dictionary<SessionId, Attempt> _running = [];
    private readonly EstablishedSessions _established = new();
    private bool _stopping;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node) => Akka.Actor.Props.Create(() => new ConnectionsActor(node));

    protected override void PreStart()
    {
        foreach (ConnectionConfig connection in node.Session.Config.Connections) _connections[connection.Name] = connection;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CallStartConnections:
                SetTrapsAtStart();
                CallAllAtStart();
                break;
            case Call call:
                CallByName(call);
                break;
            case SessionEstablished established:
                Enter(established);
                break;
            case SessionResumed resumed:
                Resume(resumed);
                break;
            case IdentityClaim claim:
                Hear(claim);
                break;
            case CallAgain again:
                CallAnew(again);
                break;
            case CallGateway call:
                FindGateway(call);
                break;
            case GatewayFound found:
                CallFound(found);
                break;
            case TrapSprung or TrapSet or TrapRefused or TrapRemoved or TrapDue or TrafficServed:
                OnTrap(message);
                break;
            case Reconfigure request:
                Apply(request);
                break;
            case ChangeTrap request:
                Change(request);
                break;
            case GetTraps:
                Sender.Tell(_traps.Values.Select(trap => trap.Plan).ToList());
                break;
            case SecretsRetired:
                SweepRetired();
                break;
            case AddressesChanged:
                TakeTrapsAlong();
                break;
            case StrayEsp stray:
                TellStray(stray);
                break;
            case SessionOver over:
                Leave(over);
                break;
            case Attempt due when due.Session.IsNone && _attempts.GetValueOrDefault(due.Key) == due:
                Place(due);
                break;
            // Resumed, or not wanted any more.
            case Attempt:
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
        if (!_connections.TryGetValue(call.Connection, out ConnectionConfig? connection)) node.Log.Cfg.NoSuchConnection(Printable.Text(call.Connection));
        else Begin(connection, call.Children);
    }

    private void Begin(ConnectionConfig connection, IReadOnlyList<string> children)
    {
        Attempt attempt = new(connection, children);
        if (_attempts.TryAdd(attempt.Key, attempt)) Place(attempt);
    }

    /// <summary>What was called by a former life is not called again.</summary>
    private void Resume(SessionResumed resumed)
    {
        if (!resumed.IsInitiator || node.Session.Config.Connections.FirstOrDefault(c => c.Name == resumed.Connection) is not { } connection) return;
        Attempt attempt = new(connection, resumed.Children, connection.CallableAddress is null ? resumed.Path : null) { Session = resumed.Session };
        // One that waits for its try need not try.
        if (!_attempts.TryAdd(attempt.Key, attempt))
        {
            attempt = _attempts[attempt.Key];
            if (!attempt.Session.IsNone) return;
            Timers.Cancel(attempt.Key);
            (attempt.Session, attempt.IsWaiting, attempt.IsLastLook) = (resumed.Session, false, false);
        }

        // In another address's shard it goes with that.
        UdpEndpoint local = UdpEndpoint.From(resumed.Path.Local);
        attempt.CalledFrom = IsToBeUp(attempt) && node.Addresses.ShardsOf(local)?.Contains(resumed.Session.Shard) == true ? local : null;
        _running.Add(resumed.Session, attempt);
        ServeTraffic(attempt);
    }

    /// <summary>At once where the IKE SA had been up for a while; where it is lost as fast as it comes, with back-off.</summary>
    private void CallAnew(CallAgain again)
    {
        if (_stopping || !_connections.TryGetValue(again.Connection.Name, out ConnectionConfig? connection)) return;
        bool wasSteady = _established.AgeOf(again.Session, node.Now) >= node.Session.SteadyAfter;
        if (_running.Remove(again.Session, out Attempt? attempt))
        {
            attempt.Session = default;
            attempt.Children = again.Children;
        }
        else
        {
            attempt = new Attempt(connection, again.Children, connection.CallableAddress is null ? again.Path : null);
            if (!_attempts.TryAdd(attempt.Key, attempt)) return;
        }

        attempt.Number = 0;
        attempt.Losses = wasSteady ? 0 : attempt.Losses + 1;
        if (wasSteady) Place(attempt);
        else Timers.StartSingleTimer(attempt.Key, attempt, node.Options.ConnectionRetry.Delay(attempt.Losses, node.Session.Random));
    }

    /// <summary>One attempt: a fresh session in a shard of this node.</summary>
    private void Place(Attempt attempt)
    {
        if (_stopping) return;
        // A node that has just joined has no shard yet.
        if (node.Shards.Current.IsEmpty)
        {
            Timers.StartSingleTimer(attempt.Key, attempt, ShardPause);
            return;
        }

        Redirection? redirection = attempt.Redirection;
        IkePath? path = redirection?.Path ?? attempt.Path ?? FindPath(attempt.Connection);
        UdpEndpoint local = path is null ? default : UdpEndpoint.From(path.Local);
        LocalShards? belonging = path is null ? null : node.Addresses.ShardsOf(local);
        if (belonging is not null && !MayCall(attempt, local, belonging)) return;
        attempt.CalledFrom = belonging is not null && IsToBeUp(attempt) ? local : null;
        attempt.Number++;
        attempt.Redirection = null;
        if (path is null)
        {
            node.Log.Cfg.NoRoute(attempt.Connection.Name);
            Retry(attempt, EndReason.PeerUnreachable, wasEstablished: false);
            return;
        }

        SessionId session;
        do session = node.Minter.MintForInitiator(node.Shards.Current, belonging);
        while (!node.Sessions.TryEnter(session));
        // Where its shard leaves in this very moment nobody will tell of its end.
        if (!node.Shards.Current.Contains(session.Shard))
        {
            node.Sessions.Withdraw(session);
            Self.Tell(new SessionOver(session, EndReason.Failed, WasEstablished: false));
        }

        attempt.Session = session;
        _running.Add(session, attempt);
        Initiate initiate = new(attempt.Connection, attempt.Children, path, IsInitialContact(attempt.Connection))
        {
            RedirectedFrom = redirection?.From,
            Redirects = redirection?.Redirects ?? [],
        };
        node.Actors.Sessions.Tell(new DeliverInput(session, initiate));
        ServeTraffic(attempt);
    }

    /// <summary>
    /// What is called from a service address is called where that is, and not before all of its shards are there: one of them may bring the session, and a call beside that would undo it.
    /// Else it is asked again. Nodes that do not agree about the addresses, as while their lists are changed, have some of the shards for good; then those do.
    /// </summary>
    private bool MayCall(Attempt attempt, in UdpEndpoint local, LocalShards belonging)
    {
        bool isHere = !node.Addresses.IsMoving(local) && node.Shards.Current.HasAnyOf(belonging);
        attempt.HereSince = isHere ? attempt.HereSince ?? node.Now : null;
        if (!isHere || (!node.Shards.Current.HasAllOf(belonging) && node.Now - attempt.HereSince < ShardsPatience))
        {
            if (!attempt.IsWaiting) node.Log.Cfg.AwaitsAddress(attempt.Connection.Name, local.ToIPEndPoint().Address);
            (attempt.IsWaiting, attempt.IsLastLook) = (true, false);
            Timers.StartSingleTimer(attempt.Key, attempt, ShardPause);
            return false;
        }

        // All that came with the shards has been told by now, and is heard first.
        attempt.IsLastLook = !attempt.IsLastLook;
        if (attempt.IsLastLook) Self.Tell(attempt);
        else attempt.IsWaiting = false;
        return !attempt.IsLastLook;
    }

    /// <summary>By the configuration; not for somebody who has asked once.</summary>
    private static bool IsToBeUp(Attempt attempt) =>
        attempt.Children.Any(name => attempt.Connection.Children.FirstOrDefault(child => child.Name == name) is { } child && child.StartAction.HasFlag(ChildAction.Start));

    private void Enter(SessionEstablished established)
    {
        if (_running.TryGetValue(established.Session, out Attempt? attempt)) attempt.Number = 0;
        _established.Enter(established.Session, established.Connection, established.RemoteAddress, node.Now);
        // It may have begun before the change.
        if (_wasChanged && _connections.TryGetValue(established.Connection, out ConnectionConfig? connection))
            node.Actors.Sessions.Tell(new DeliverInput(established.Session, new ConnectionChanged(connection)));
        IdentityClaim claim = new(
            established.Session, established.Local, established.Remote, established.Unique, established.ReplaceOthers,
            (node.Time.GetUtcNow() - established.Age).ToUnixTimeMilliseconds(), established.IsResumed);
        UniquenessVerdict verdict = _identities.Announce(claim, node.Now);
        foreach (SessionId older in verdict.Replaced)
            node.Actors.Sessions.Tell(new DeliverInput(older, new Abandon(EndReason.Replaced)));
        if (verdict.IsRefused)
        {
            node.Actors.Sessions.Tell(new DeliverInput(established.Session, new Close(EndReason.Replaced)));
            return;
        }

        if (node.Actors.Neighbours is not { } neighbours) return;
        foreach (Address other in neighbours.Others) neighbours.ConnectionsOf(other).Tell(claim, Self);
    }

    /// <summary>An IKE SA of another node: what has to go here goes, and where ours has the better right that one is told to go, wherever it is.</summary>
    private void Hear(IdentityClaim claim)
    {
        UniquenessVerdict verdict = _identities.Hear(claim, node.Now);
        foreach (SessionId older in verdict.Replaced)
            node.Actors.Sessions.Tell(new DeliverInput(older, new Abandon(EndReason.Replaced)));
        if (verdict.IsRefused)
            node.Actors.Sessions.Tell(new DeliverInput(claim.Session, claim.Unique == UniquePolicy.Keep ? new Close(EndReason.Replaced) : new Abandon(EndReason.Replaced)));
    }

    /// <summary>RFC 7296 §1.5: inside an IKE SA with that address, else outside of any, as a hint that is never answered.</summary>
    private void TellStray(StrayEsp stray)
    {
        if (_established.Find(stray.Peer.Address) is { } session)
        {
            node.Actors.Sessions.Tell(new DeliverInput(session, new StrayPacket(stray.Spi)));
            return;
        }

        bool inUdp = stray.Peer.Port != 0;
        byte[] hint = new byte[UnprotectedAnswer.MaxLength];
        int length = UnprotectedAnswer.WriteInvalidSpi(hint, stray.Spi);
        IPEndPoint local = inUdp ? stray.Local : new IPEndPoint(stray.Local.Address, node.Transport.LocalPort(IkePort));
        node.Transport.Send(hint.AsMemory(0, length), new IkePath(local, inUdp ? stray.Peer : new IPEndPoint(stray.Peer.Address, IkePort), NonEspMarker: inUdp));
    }

    private void Leave(SessionOver over)
    {
        _identities.Forget(over.Session);
        _established.Leave(over.Session);
        if (_running.Remove(over.Session, out Attempt? attempt))
        {
            // One that could not be handed over ended with its address all the same.
            if (attempt.CalledFrom is { } from && (over.Reason == EndReason.TakenOver || (over.Reason is EndReason.DeletedByUs or EndReason.Failed && node.Addresses.IsMoving(from)))) Await(attempt);
            else Retry(attempt, over.Reason, over.WasEstablished);
        }

        FailTrapsOn(over.Session);
    }

    /// <summary>Its session goes on where its address is now. If both come back the session is resumed; if the address comes without it, it is this node's to call.</summary>
    private void Await(Attempt attempt)
    {
        (attempt.Session, attempt.Number, attempt.IsWaiting, attempt.IsLastLook, attempt.HereSince) = (default, 0, true, false, null);
        attempt.Asked.Clear();
        FailTrapsOf(attempt);
        Timers.StartSingleTimer(attempt.Key, attempt, ShardPause);
    }

    private void Retry(Attempt attempt, EndReason reason, bool wasEstablished)
    {
        attempt.Session = default;
        bool isWanted = attempt.Children.Count > 0 || attempt.Asked.Count > 0;
        if (_stopping || !isWanted || !KeyingPolicy.CallsAgain(reason, wasEstablished, attempt.Number, attempt.Connection.KeyingTries))
        {
            _attempts.Remove(attempt.Key);
            if (_stopping) return;
            if (isWanted) node.Log.Cfg.ConnectionGivenUp(attempt.Connection.Name, reason);
            FailTrapsOf(attempt);
            return;
        }

        TimeSpan delay = node.Options.ConnectionRetry.Delay(Math.Max(1, attempt.Number), node.Session.Random);
        node.Log.Cfg.ConnectionRetry(attempt.Connection.Name, delay.TotalSeconds, reason);
        Timers.StartSingleTimer(attempt.Key, attempt, delay);
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
        return connection.CallableAddress is { } remote ? FindPath(connection, remote) : null;
    }

    private IkePath? FindPath(ConnectionConfig connection, IPAddress remote)
    {
        if (LocalTowards(connection, remote) is not { } local) return null;
        ushort localPort = node.Transport.LocalPort(connection.LocalPort);
        return new IkePath(new IPEndPoint(local, localPort), new IPEndPoint(remote, connection.RemotePort), NonEspMarker: node.Transport.IsNatPort(localPort));
    }

    private IPAddress? LocalTowards(ConnectionConfig connection, IPAddress remote) =>
        connection.SourceTowards(remote) ?? node.Session.SourceTowards(remote);
}
