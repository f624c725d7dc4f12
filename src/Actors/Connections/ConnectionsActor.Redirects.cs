using System.Net;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Connections;

/// <summary>Peers that send us to another gateway (RFC 5685): it is called in their stead, and the IKE SA that said so ends by itself.</summary>
internal sealed partial class ConnectionsActor
{
    private static readonly TimeSpan NamePatience = TimeSpan.FromSeconds(5);

    /// <summary>The attempt goes over to the new call: the end of the IKE SA that was redirected is no failure of it.</summary>
    private void FindGateway(CallGateway asked)
    {
        if (_stopping || !_connections.TryGetValue(asked.Call.Connection.Name, out ConnectionConfig? connection)) return;
        if (_running.Remove(asked.Session, out Attempt? attempt))
        {
            attempt.Session = default;
        }
        else
        {
            attempt = new Attempt(connection, asked.Call.Children);
            if (!_attempts.TryAdd(attempt.Key, attempt)) return;
        }

        attempt.Children = asked.Call.Children;
        if (asked.Call.To.Address is { } address) CallFound(new GatewayFound(attempt, asked.Call, address));
        else LookUpAsync(asked.Call.To.Name!).PipeTo(Self, success: found => new GatewayFound(attempt, asked.Call, found), failure: _ => new GatewayFound(attempt, asked.Call, null));
    }

    private void CallFound(GatewayFound found)
    {
        if (_stopping || !_attempts.ContainsValue(found.Attempt)) return;
        if (found.Address is not { } address || FindPath(found.Attempt.Connection, address) is not { } path)
        {
            node.Log.Cfg.NoRouteToGateway(found.Attempt.Connection.Name, Printable.Text(found.Call.To.ToString()));
            Retry(found.Attempt, EndReason.PeerUnreachable, wasEstablished: false);
            return;
        }

        found.Attempt.Redirection = new Redirection(path, found.Call.Path.Remote.Address, found.Call.Redirects);
        Place(found.Attempt);
    }

    /// <summary>The first of its addresses that there is a route to.</summary>
    private async Task<IPAddress?> LookUpAsync(string name)
    {
        using CancellationTokenSource patience = new(NamePatience, node.Time);
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(name, patience.Token).ConfigureAwait(false);
        return addresses.FirstOrDefault(address => node.Session.SourceTowards(address) is not null);
    }
}
