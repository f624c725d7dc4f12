using Akka;
using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Connections;

/// <summary>Traps: set at start for children that have <c>start_action = trap</c>, and by IKE SAs that leave one behind; served through one attempt at a time each.</summary>
internal sealed partial class ConnectionsActor
{
    /// <summary>By name; what is here is in the kernel.</summary>
    private readonly Dictionary<string, Trap> _traps = [];

    private readonly Dictionary<string, int> _trapRefusals = [];

    private void SetTrapsAtStart()
    {
        foreach (ConnectionConfig connection in node.Session.Config.Connections)
        {
            foreach (ChildConfig child in connection.Children.Where(child => child.StartAction.HasFlag(ChildAction.Trap))) SetTrap(connection, child);
        }
    }

    private void SetTrap(ConnectionConfig connection, ChildConfig child)
    {
        if (PlanOf(connection, child) is { } plan)
        {
            node.Actors.Kernel.Tell(new SetTrap(plan, Self));
            return;
        }

        node.Log.Cfg.NoRoute(connection.Name);
        // Without an address to call there never will be one; a route may come.
        if (connection.CallableAddress is { } remote) RetryTrap(new TrapPlan(connection, child, remote, remote, 0));
    }

    /// <summary>Null: there is nobody to call, or no way.</summary>
    private TrapPlan? PlanOf(ConnectionConfig connection, ChildConfig child) => FindPath(connection) is { } path
        ? new TrapPlan(connection, child, path.Local.Address, path.Remote.Address, node.TrapReqIds.For(connection, child, path.Remote.Address))
        : null;

    /// <summary>
    /// A trap is between the address that we have now and the peer: its policies change in place. One that the kernel refuses is where it was, and tried again.
    /// Without a route it stays there, so that nothing leaves in clear.
    /// </summary>
    private void TakeTrapsAlong()
    {
        if (_stopping) return;
        foreach (Trap trap in _traps.Values)
        {
            if (Located(trap.Plan) is var plan && plan != trap.Plan) node.Actors.Kernel.Tell(new SetTrap(plan, Self));
        }
    }

    private TrapPlan Located(TrapPlan plan) => plan with { Local = LocalTowards(plan.Connection, plan.Remote) ?? plan.Local };

    private void OnTrap(object message)
    {
        if (_stopping) return;
        switch (message)
        {
            case TrapSet set:
                Keep(set.Plan);
                Answer(set.Plan.Name, Done.Instance);
                break;
            case TrapRefused refused:
                node.Log.Cfg.TrapRefused(refused.Plan.Name, Printable.Text(refused.Refusal.ToString()));
                // Who asked for it hears of it, and may ask again.
                if (Answer(refused.Plan.Name, new Status.Failure(new RequestRefusedException(refused.Refusal.ToString())))) break;
                if (IsConfigured(refused.Plan)) RetryTrap(refused.Plan);
                break;
            case TrapRemoved removed:
                Forget(removed.Name);
                Answer(removed.Name, Done.Instance);
                break;
            case TrapSprung sprung when _traps.TryGetValue(sprung.Plan.Name, out Trap? trap):
                if (trap.Gate.Ask(sprung.Packet, node.Now) is { } packet) Serve(trap, packet);
                break;
            case TrapDue due when _traps.TryGetValue(due.Plan.Name, out Trap? trap):
                if (Located(trap.Plan) is var moved && moved != trap.Plan) node.Actors.Kernel.Tell(new SetTrap(moved, Self));
                if (trap.Gate.Begin(node.Now) is { } waiting) Serve(trap, waiting);
                break;
            case TrapDue { Plan: var plan } when IsConfigured(plan):
                if (plan.ReqId == 0) SetTrap(plan.Connection, plan.Child);
                else node.Actors.Kernel.Tell(new SetTrap(Located(plan), Self));
                break;
            case TrafficServed served:
                Conclude(served);
                break;
        }
    }

    private bool IsConfigured(TrapPlan plan) =>
        _connections.TryGetValue(plan.Connection.Name, out ConnectionConfig? connection) && connection.Children.Any(c => c.Name == plan.Child.Name);

    /// <summary>Traps that the child no longer wants go, also those that an IKE SA left; an operator's, and others, are as the child is now.</summary>
    private void ChangeTraps(ConnectionConfig? before, ConnectionConfig now)
    {
        foreach (Trap trap in _traps.Values.Where(t => t.Plan.Connection.Name == now.Name))
        {
            ChildConfig? child = now.Children.FirstOrDefault(c => c.Name == trap.Plan.Child.Name);
            if (child is not null && (child.MayBeTrap || _byOperator.Contains(trap.Plan.Name)))
                node.Actors.Kernel.Tell(new SetTrap(Located(trap.Plan with { Connection = now, Child = child }), Self));
            else
                node.Actors.Kernel.Tell(new RemoveTrap(trap.Plan.Name, Self));
        }

        foreach (ChildConfig child in now.Children.Where(c => c.StartAction.HasFlag(ChildAction.Trap)))
        {
            bool isThere = _traps.Values.Any(t => t.Plan.Connection.Name == now.Name && t.Plan.Child.Name == child.Name);
            if (!isThere) SetTrap(now, child);
        }
    }

    private void RemoveTraps(string connection)
    {
        foreach (Trap trap in _traps.Values.Where(t => t.Plan.Connection.Name == connection))
            node.Actors.Kernel.Tell(new RemoveTrap(trap.Plan.Name, Self));
    }

    private void Forget(string trap)
    {
        _trapRefusals.Remove(trap);
        _byOperator.Remove(trap);
        if (!_traps.Remove(trap, out Trap? known)) return;
        Timers.Cancel(TimerOf(known.Plan));
        node.Log.Cfg.TrapRemoved(trap);
    }

    private void Keep(TrapPlan plan)
    {
        // Its connection went while the kernel was setting it.
        if (!IsConfigured(plan)) node.Actors.Kernel.Tell(new RemoveTrap(plan.Name, Self));
        _trapRefusals.Remove(plan.Name);
        node.Log.Cfg.TrapSet(plan.Name);
        if (_traps.TryGetValue(plan.Name, out Trap? known)) known.Plan = plan;
        else _traps.Add(plan.Name, new Trap(plan, new TrapGate(node.Options.ConnectionRetry, node.Session.Random)));
    }

    /// <summary>The kernel, or another program that owns the policy, may think better of it.</summary>
    private void RetryTrap(TrapPlan plan)
    {
        int refusals = _trapRefusals[plan.Name] = _trapRefusals.GetValueOrDefault(plan.Name) + 1;
        Timers.StartSingleTimer(TimerOf(plan), new TrapDue(plan), node.Options.ConnectionRetry.Delay(refusals, node.Session.Random));
    }

    /// <summary>On an IKE SA that is there, or is on its way; else the peer is called.</summary>
    private void Serve(Trap trap, PacketSelectors packet)
    {
        (ConnectionConfig connection, string child) = (trap.Plan.Connection, trap.Plan.Child.Name);
        node.Log.Cfg.TrafficAsks(trap.Plan.Name, packet.Local, packet.Remote);
        SessionId? there = _established.Find(connection.Name, trap.Plan.Remote)
            ?? (connection.CallableAddress is null ? null : _established.Find(connection.Name));
        if (there is { } session)
        {
            (trap.Attempt, trap.Session) = (null, session);
            node.Actors.Sessions.Tell(new DeliverInput(session, new ServeTraffic(child, packet)));
            return;
        }

        IkePath? path = connection.CallableAddress is null ? PathTo(trap.Plan) : null;
        bool isNew = !_attempts.TryGetValue(Attempt.KeyOf(connection, path), out Attempt? attempt);
        if (attempt is null) _attempts.Add(Attempt.KeyOf(connection, path), attempt = new Attempt(connection, [], path));
        attempt.Asked[child] = packet;
        (trap.Attempt, trap.Session) = (attempt, attempt.Session);
        if (isNew) Place(attempt);
        else if (!attempt.Session.IsNone) ServeTraffic(attempt);
    }

    private IkePath PathTo(TrapPlan plan)
    {
        ushort port = node.Transport.LocalPort(plan.Connection.LocalPort);
        return new IkePath(new(plan.Local, port), new(plan.Remote, plan.Connection.RemotePort), NonEspMarker: node.Transport.IsNatPort(port));
    }

    private void ServeTraffic(Attempt attempt)
    {
        foreach (Trap trap in _traps.Values.Where(trap => trap.Attempt == attempt)) trap.Session = attempt.Session;
        foreach ((string child, PacketSelectors packet) in attempt.Asked)
            node.Actors.Sessions.Tell(new DeliverInput(attempt.Session, new ServeTraffic(child, packet)));
    }

    private void Conclude(TrafficServed served)
    {
        if (_running.TryGetValue(served.Session, out Attempt? attempt)) attempt.Asked.Remove(served.Child);
        foreach (Trap trap in ServedOn(served.Session).Where(trap => trap.Plan.Child.Name == served.Child)) Conclude(trap, served.IsUp);
    }

    private void Conclude(Trap trap, bool isUp)
    {
        (trap.Attempt, trap.Session) = (null, default);
        TimeSpan pause = trap.Gate.Conclude(isUp, node.Now);
        if (isUp) return;
        node.Log.Cfg.TrapFailed(trap.Plan.Name, pause.TotalSeconds);
        Timers.StartSingleTimer(TimerOf(trap.Plan), new TrapDue(trap.Plan), pause);
    }

    private void FailTrapsOf(Attempt attempt)
    {
        foreach (Trap trap in _traps.Values.Where(trap => trap.Attempt == attempt)) Conclude(trap, isUp: false);
    }

    /// <summary>Where a call serves the trap, that goes on by itself or is given up.</summary>
    private void FailTrapsOn(SessionId session)
    {
        if (_stopping) return;
        foreach (Trap trap in ServedOn(session).Where(trap => trap.Attempt is null)) Conclude(trap, isUp: false);
    }

    private List<Trap> ServedOn(SessionId session) => [.. _traps.Values.Where(trap => trap.Gate.IsServing && trap.Session == session)];

    private static string TimerOf(TrapPlan plan) => $"trap {plan.Name}";

    /// <summary>The back-off of a trap is over: traffic that waited is served, one that was refused is set again.</summary>
    private sealed record TrapDue(TrapPlan Plan) : INoSerializationVerificationNeeded;
}
