using System.Globalization;
using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Demo.Failover;

/// <summary>
/// All peers, in this process: one gateway that calls the cluster once for each of them, each with an identity and a network of its own. From time to time each
/// asks for a sign of life.
/// </summary>
internal sealed class Peers : IAsyncDisposable
{
    private readonly MemoryXfrmBackend _kernel = new(historyLimit: 16);
    private readonly IReadOnlyList<ConnectionConfig> _tunnels;
    private ConcentratorNode _node = null!;

    private Peers(IReadOnlyList<ConnectionConfig> tunnels) => _tunnels = tunnels;

    public PeerLedger Ledger { get; } = new();

    /// <summary>The tunnels by name, and the address of the cluster that each calls.</summary>
    public IEnumerable<(string Name, IPAddress Gateway)> Tunnels => _tunnels.Select(tunnel => (tunnel.Name, tunnel.CallableAddress!));

    /// <param name="count">Dealt out evenly; with those before at most 50,000.</param>
    /// <param name="gateways">The cluster's addresses.</param>
    /// <param name="port">Its IKE port.</param>
    /// <param name="key">Stays the caller's.</param>
    /// <param name="liveness">After how much silence each asks for a sign of life.</param>
    /// <param name="cancel">Gives up starting.</param>
    /// <param name="first">The number of the first.</param>
    public static async Task<Peers> StartAsync(int count, IReadOnlyList<IPAddress> gateways, ushort port, Secret key, TimeSpan liveness, CancellationToken cancel, int first = 0)
    {
        Peers peers = new([.. Enumerable.Range(first, count).Select(i => Tunnel(i, gateways[i % gateways.Count], port, liveness))]);
        NodeOptions options = new()
        {
            ListenAddresses = [IPAddress.Loopback],
            Port = 0,
            NatPort = 0,
            Kernel = KernelKind.Memory,
            Retransmit = new RetransmitPolicy(TimeSpan.FromMilliseconds(500), 1, 60),
            CloseGrace = TimeSpan.FromSeconds(1),
        };
        peers._node = await ConcentratorNode.StartAsync(
            options, new GatewayConfig(peers._tunnels, [new SharedKeyConfig("ike", [], key)]), NullLoggerFactory.Instance, peers._kernel, peers.Ledger, cancel).ConfigureAwait(false);
        return peers;
    }

    public void CallAll()
    {
        foreach (ConnectionConfig tunnel in _tunnels) Call(tunnel.Name);
    }

    public void Call(string tunnel) => _node.Initiate(tunnel, StageConfig.FirstChild);

    /// <summary>The SPIs of each tunnel that is up, both ends established and a child installed, by its name: other ones are another IKE SA.</summary>
    public Dictionary<string, (ulong Ours, ulong Theirs)> Up()
    {
        Dictionary<string, (ulong, ulong)> up = [];
        foreach (IkeSaSnapshot ikeSa in _node.IkeSas)
        {
            if (ikeSa.State == IkeSaState.Established && ikeSa.Children.Any(child => child.State == ChildSaState.Installed)) up[ikeSa.Name] = (ikeSa.LocalSpi, ikeSa.RemoteSpi);
        }

        return up;
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync().ConfigureAwait(false);
        _kernel.Dispose();
    }

    private static ConnectionConfig Tunnel(int number, IPAddress gateway, ushort port, TimeSpan liveness)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"peer-{number + 1:000}");
        ConnectionConfig connection = StageConfig.Connection(
            name, "aes128gcm16-prfsha256-x25519", $"{name}.example.org", FailoverStage.Identity, "10.2", "10.1");
        SelectorConfig network = StageConfig.Selector(string.Create(CultureInfo.InvariantCulture, $"10.{2 + number / 250}.{number % 250}.0/24"));
        return connection with
        {
            RemoteAddresses = [new AddressRange(gateway, gateway)],
            RemotePort = port,
            DpdDelay = liveness,
            Children = [connection.Children[0] with { LocalSelectors = [network] }],
        };
    }
}
