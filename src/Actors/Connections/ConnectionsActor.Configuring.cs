using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Connections;

/// <summary>
/// The one owner of the configuration in force. A change is applied whole or not at all. IKE SAs and their children live on with what they were made with; calls
/// and traps follow: what is gone is called no more, what is new and is to be up is called.
/// </summary>
internal sealed partial class ConnectionsActor
{
    private const string RetiredTimer = "retired secrets";
    private static readonly TimeSpan RetiredPeriod = TimeSpan.FromSeconds(5);

    /// <summary>What is in force, by name.</summary>
    private readonly Dictionary<string, ConnectionConfig> _connections = [];
    private bool _wasChanged;

    private void Apply(Reconfigure request)
    {
        GatewayConfig before = node.Session.Config, after;
        try
        {
            if (_stopping) throw new RequestRefusedException("the node is stopping");
            after = request.Change(before);
        }
        catch (Exception refused) when (refused is not OutOfMemoryException)
        {
            Sender.Tell(new Status.Failure(refused));
            return;
        }

        node.Session.Running.Replace(after);
        if (before.Pools != after.Pools) node.Actors.Pools.Tell(new ReplacePools(after.Pools));
        bool areOtherSecrets = before.SharedKeys != after.SharedKeys || before.PrivateKeys != after.PrivateKeys;
        if (areOtherSecrets)
        {
            node.Retired.Add(before.Secrets.Except(after.Secrets), node.IkeSaNumbers.Last);
            SweepRetired();
        }

        ConnectionChanges changes = ConnectionChanges.Between(before.Connections, after.Connections);
        if (node.Events.IsObserved)
        {
            node.Events.Publish(new Reconfigured(
                node.Time.GetUtcNow(), [.. changes.Gone.Select(c => c.Name)], [.. changes.Fresh.Select(c => c.Now.Name)], areOtherSecrets && !before.Secrets.ToHashSet().SetEquals(after.Secrets)));
        }

        Follow(changes);
        Sender.Tell(after);
    }

    private void Follow(ConnectionChanges changes)
    {
        if (changes.Gone.Count == 0 && changes.Fresh.Count == 0) return;
        _wasChanged = true;
        foreach (ConnectionConfig gone in changes.Gone)
        {
            node.Log.Cfg.ConnectionUnloaded(gone.Name);
            _connections.Remove(gone.Name);
            DropAttempts(gone.Name);
            RemoveTraps(gone.Name);
        }

        foreach ((ConnectionConfig? before, ConnectionConfig now) in changes.Fresh)
        {
            node.Log.Cfg.ConnectionLoaded(now.Name, before is null ? "loaded" : "changed");
            _connections[now.Name] = now;
            ChangeAttempts(now);
            foreach (SessionId session in _established.All(now.Name)) node.Actors.Sessions.Tell(new DeliverInput(session, new ConnectionChanged(now)));
            ChangeTraps(before, now);
            StartNew(before, now);
        }
    }

    /// <summary>A call that is under way goes on to its end, and is not made again.</summary>
    private void DropAttempts(string connection)
    {
        foreach (Attempt attempt in _attempts.Values.Where(a => a.Connection.Name == connection).ToList())
        {
            attempt.Children = [];
            attempt.Asked.Clear();
            if (!attempt.Session.IsNone) continue;
            Timers.Cancel(attempt.Key);
            _attempts.Remove(attempt.Key);
        }
    }

    private void ChangeAttempts(ConnectionConfig now)
    {
        foreach (Attempt attempt in _attempts.Values.Where(a => a.Connection.Name == now.Name))
        {
            attempt.Connection = now;
            attempt.Children = [.. attempt.Children.Where(name => now.Children.Any(c => c.Name == name))];
        }
    }

    /// <summary>
    /// Children that are to be up, and were not to be before, or were others. One that an IKE SA has already stays as it is; one that an IKE SA of the former kind cannot
    /// have comes with the next.
    /// </summary>
    private void StartNew(ConnectionConfig? before, ConnectionConfig now)
    {
        List<string> wanted =
        [
            .. now.Children
                .Where(c => c.StartAction.HasFlag(ChildAction.Start) && before?.Children.Any(old => old.Name == c.Name && old.IsSameAs(c)) != true)
                .Select(c => c.Name),
        ];
        if (wanted.Count == 0) return;
        if (_established.Find(now.Name) is { } session)
        {
            foreach (string child in wanted) node.Actors.Sessions.Tell(new DeliverInput(session, new InitiateChild(child)));
            return;
        }

        Attempt attempt = new(now, wanted);
        if (!_attempts.TryGetValue(attempt.Key, out Attempt? known))
        {
            Begin(now, wanted);
            return;
        }

        known.Children = [.. known.Children.Union(wanted)];
        if (!known.Session.IsNone) return;
        // It waited because of what was changed, perhaps.
        Timers.Cancel(known.Key);
        known.Number = 0;
        Place(known);
    }

    /// <summary>Keys are zeroed when no IKE SA can be about to prove something with them any more.</summary>
    private void SweepRetired()
    {
        if (node.Retired.DisposeUnneeded(node.Sessions)) Timers.Cancel(RetiredTimer);
        else Timers.StartSingleTimer(RetiredTimer, SecretsRetired.Instance, RetiredPeriod);
    }

    private sealed record SecretsRetired : INoSerializationVerificationNeeded
    {
        public static SecretsRetired Instance { get; } = new();
    }
}
