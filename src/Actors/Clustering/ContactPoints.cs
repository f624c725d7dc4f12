using System.Net;
using System.Net.Sockets;

namespace Concentrator.Actors.Clustering;

/// <summary>Where nodes of the cluster may be: seeds as they were given, or what a name resolves to at the moment.</summary>
internal sealed class ContactPoints(ClusterNodeOptions options)
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = options.Resolve ?? Dns.GetHostAddressesAsync;

    // A node has one address: where the name has its others, too, nobody answers there, and they would count against a majority.
    private readonly AddressFamily? _family = IPAddress.TryParse(options.Host, out IPAddress? own) ? own.AddressFamily : null;

    /// <summary>In the order in which they are to form a cluster: that of the list, or that of the addresses.</summary>
    /// <param name="ownPort">The port of contact points whose name says none.</param>
    /// <param name="cancel">Gives up looking.</param>
    /// <exception cref="SocketException">The name cannot be looked up.</exception>
    public async Task<IReadOnlyList<DnsEndPoint>> FindAsync(int ownPort, CancellationToken cancel)
    {
        if (options.Dns is not { } name) return options.Seeds;
        IPAddress[] addresses = await _resolve(name.Host, cancel).ConfigureAwait(false);
        return
        [
            .. addresses.Distinct()
                .Where(address => _family is null || address.AddressFamily == _family)
                .OrderBy(address => address.AddressFamily)
                .ThenBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal)
                .Select(address => new DnsEndPoint(address.ToString(), name.Port == 0 ? ownPort : name.Port)),
        ];
    }
}
