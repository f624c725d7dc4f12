using Akka;
using Akka.Actor;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Connections;

/// <summary>Traps that operators set and remove, and who waits to hear that it is done.</summary>
internal sealed partial class ConnectionsActor
{
    /// <summary>By the name of the trap.</summary>
    private readonly Dictionary<string, List<IActorRef>> _waiting = [];

    /// <summary>Names of traps that stay until an operator, or their connection's end, takes them away.</summary>
    private readonly HashSet<string> _byOperator = [];

    private void Change(ChangeTrap request)
    {
        try
        {
            if (_stopping) throw new RequestRefusedException("the node is stopping");
            if (request.IsWanted) Install(request);
            else Uninstall(request);
        }
        catch (RequestRefusedException refused)
        {
            Sender.Tell(new Status.Failure(refused));
        }
    }

    private void Install(ChangeTrap request)
    {
        ConnectionConfig connection = node.Session.Config.Connections
            .FirstOrDefault(c => (request.Connection is null || c.Name == request.Connection) && c.Children.Any(child => child.Name == request.Child))
            ?? throw new RequestRefusedException("configuration name not found");
        if (_traps.Values.Any(trap => trap.Plan.Connection.Name == connection.Name && trap.Plan.Child.Name == request.Child))
        {
            Sender.Tell(Done.Instance);
            return;
        }

        TrapPlan plan = PlanOf(connection, connection.Children.First(child => child.Name == request.Child))
            ?? throw new RequestRefusedException($"connection '{connection.Name}' has no address to call, or there is no route to it");
        Await(plan.Name);
        _byOperator.Add(plan.Name);
        node.Actors.Kernel.Tell(new SetTrap(plan, Self));
    }

    private void Uninstall(ChangeTrap request)
    {
        List<Trap> traps =
            [.. _traps.Values.Where(trap => trap.Plan.Child.Name == request.Child && (request.Connection is null || trap.Plan.Connection.Name == request.Connection))];
        if (traps.Count == 0) throw new RequestRefusedException($"policy '{request.Child}' not found");
        Await(traps[^1].Plan.Name);
        foreach (Trap trap in traps) node.Actors.Kernel.Tell(new RemoveTrap(trap.Plan.Name, Self));
    }

    private void Await(string trap)
    {
        if (!_waiting.TryGetValue(trap, out List<IActorRef>? waiting)) _waiting[trap] = waiting = [];
        waiting.Add(Sender);
    }

    /// <summary>True when somebody waited for it.</summary>
    private bool Answer(string trap, object outcome)
    {
        if (!_waiting.Remove(trap, out List<IActorRef>? waiting)) return false;
        foreach (IActorRef asked in waiting) asked.Tell(outcome);
        return true;
    }
}
