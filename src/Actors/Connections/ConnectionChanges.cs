using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Connections;

/// <summary>Which connections differ between two configurations that share what they have in common, as <see cref="GatewayConfig"/>'s changes do.</summary>
/// <param name="Gone">Not there any more.</param>
/// <param name="Fresh">New, or another than before; with what was there before.</param>
internal sealed record ConnectionChanges(IReadOnlyList<ConnectionConfig> Gone, IReadOnlyList<(ConnectionConfig? Before, ConnectionConfig Now)> Fresh)
{
    /// <summary>One change among very many connections is found without a look at their names.</summary>
    public static ConnectionChanges Between(IReadOnlyList<ConnectionConfig> before, IReadOnlyList<ConnectionConfig> after)
    {
        int alike = 0, shortest = Math.Min(before.Count, after.Count);
        while (alike < shortest && before[alike] == (object)after[alike]) alike++;
        int alikeAtEnd = 0;
        while (alikeAtEnd < shortest - alike && before[^(alikeAtEnd + 1)] == (object)after[^(alikeAtEnd + 1)]) alikeAtEnd++;

        Dictionary<string, ConnectionConfig> old = [];
        foreach (ConnectionConfig connection in before.Take(before.Count - alikeAtEnd).Skip(alike)) old[connection.Name] = connection;
        List<(ConnectionConfig?, ConnectionConfig)> fresh = [];
        foreach (ConnectionConfig connection in after.Take(after.Count - alikeAtEnd).Skip(alike))
        {
            old.Remove(connection.Name, out ConnectionConfig? known);
            if (known != (object)connection) fresh.Add((known, connection));
        }

        return new ConnectionChanges([.. old.Values], fresh);
    }
}
