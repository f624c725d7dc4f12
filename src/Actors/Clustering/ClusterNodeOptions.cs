using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Concentrator.Actors.Clustering;

/// <summary>How a node finds its cluster. The default is a cluster of one that nobody else can join: loopback, any free port, no seeds. Immutable.</summary>
public sealed record ClusterNodeOptions
{
    /// <summary>Unique in the cluster; with mutual TLS what its certificate is issued to.</summary>
    public string Name { get; init; } = IsName(Environment.MachineName) ? Environment.MachineName.ToLowerInvariant() : "node";

    /// <summary>Where the other nodes reach this one; also what it binds to. An IP address or a host name, without brackets.</summary>
    public string Host { get; init; } = IPAddress.Loopback.ToString();

    /// <summary>TCP; 0: any free one.</summary>
    public ushort Port { get; init; }

    /// <summary>Nodes to join; this one may be among them. The same list, in the same order, on every node.</summary>
    public IReadOnlyList<DnsEndPoint> Seeds { get; init; } = [];

    /// <summary>A name whose A or AAAA records are all nodes (a headless service), those of <see cref="Host"/>'s family where it is an address; port 0: this node's own.</summary>
    public DnsEndPoint? Dns { get; init; }

    /// <summary>How many of the contact points, this node included, must be seen before a new cluster is formed; null: a majority of them.</summary>
    public int? Quorum { get; init; }

    /// <summary>What this node proves itself with, and whom it believes. Required as soon as there may be another node.</summary>
    public ClusterTlsFiles? Tls { get; init; }

    /// <summary>Who looks up <see cref="Dns"/>; null: the host.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>>? Resolve { get; init; }

    /// <summary>How long the first contact point waits for the others before it forms a cluster without them; each further one waits once more as long.</summary>
    public TimeSpan FormingPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long another node may be silent before it counts as unreachable. A machine or a network that stands still at times wants more; a dead node is found that much
    /// later then.
    /// </summary>
    public TimeSpan HeartbeatPause { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>As seeds name it: <c>192.0.2.1:4700</c>, <c>[2001:db8::1]:4700</c>.</summary>
    internal string Address => string.Create(CultureInfo.InvariantCulture, $"{UriHost(Host)}:{Port}");

    public bool IsAlone => Seeds.Count == 0 && Dns is null;

    public bool IsLoopback => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Null, or why a node must not be started like this.</summary>
    public string? Fault()
    {
        if (!IsName(Name)) return $"node name '{Name}': 1 to 64 letters, digits, '-', '.' and '_'";
        if (IPAddress.TryParse(Host, out IPAddress? address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            return $"cluster address {Host}: the other nodes must be able to reach it, so it is one address of this host";
        if (address is { IsIPv6LinkLocal: true }) return $"cluster address {Host}: a link-local address is another one for each node, so it is a global or a unique local one";
        if (Seeds.Count > 0 && Dns is not null) return "seeds and a DNS name: give one of them";
        if (!IsAlone && Port == 0) return "cluster address: a node that others are to find needs a port of its own";
        if (Tls is null && !(IsAlone && IsLoopback))
        {
            return "nodes trust each other with keys of tunnels, so they speak mutual TLS: give --cluster-cert, --cluster-key and --cluster-ca "
                + "('concentrator cluster init-ca' and 'concentrator cluster issue' make them)";
        }

        return Quorum is < 1 ? "cluster quorum: at least 1" : null;
    }

    /// <summary>A host as it is in an Akka address, which is a URI: IPv6 in brackets, and either family in its one shortest form.</summary>
    internal static string UriHost(string host) =>
        !IPAddress.TryParse(host, out IPAddress? address) ? host : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    /// <summary>What a host calls itself may be anything: <c>(none)</c>, where nobody has named it.</summary>
    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}

/// <summary>PEM files: this node's certificate (with intermediates behind it), its key, and the authorities whose nodes are let in.</summary>
public sealed record ClusterTlsFiles(string Certificate, string Key, string Authority);
