using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Routing;
using Concentrator.Http;
using Concentrator.Http.Api;
using Concentrator.Ike;

namespace Concentrator.Demo.Failover;

/// <summary>
/// Three nodes, each a process, that form one gateway, and many peers in this one. All is on loopback and needs no privilege: kernels in memory, the cluster's addresses
/// of 127.0.0.0/8, sessions in a SQLite file that the nodes share, mutual TLS with certificates made for the occasion. Disposing ends the nodes and removes all files.
/// </summary>
internal sealed class FailoverStage : IAsyncDisposable
{
    public const int Nodes = 3;
    public const string Identity = "gateway.example.org";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan LivenessPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-demo-").FullName;
    private readonly byte[] _octets = RandomNumberGenerator.GetBytes(32);
    private readonly Secret _key;
    private readonly string _net = string.Create(CultureInfo.InvariantCulture, $"127.{RandomNumberGenerator.GetInt32(1, 255)}.{RandomNumberGenerator.GetInt32(256)}");
    private readonly ushort _port = (ushort)StageConfig.FreePort(), _natPort = (ushort)StageConfig.FreePort();
    private readonly ushort[] _clusterPorts = FreeTcpPorts(Nodes), _httpPorts = FreeTcpPorts(Nodes);
    private readonly List<StagedNode> _nodes = [];

    private FailoverStage() => _key = new Secret(_octets);

    public IReadOnlyList<StagedNode> Cluster => _nodes;

    public Peers Peers { get; private set; } = null!;

    /// <summary>On every node, of every of <see cref="Addresses"/>.</summary>
    public ushort Port => _port;

    /// <summary>The peers' and the cluster's.</summary>
    public Secret Key => _key;

    /// <summary>Those of the whole cluster.</summary>
    public IReadOnlyList<IPAddress> Addresses => [.. Enumerable.Range(1, Nodes).Select(i => IPAddress.Parse($"{_net}.{i}"))];

    /// <summary>Starts the nodes; they are not one cluster yet, and there are no peers.</summary>
    /// <param name="store">As <c>--store</c> takes it; null: a file that the nodes share.</param>
    public static FailoverStage Open(string? store = null)
    {
        FailoverStage stage = new();
        try
        {
            stage.StartNodes(store ?? $"sqlite:{Path.Combine(stage._folder, "sessions.db")}");
            return stage;
        }
        catch
        {
            stage.Clear();
            throw;
        }
    }

    /// <summary>The same, and peers, of whom none has called yet.</summary>
    public static async Task<FailoverStage> OpenAsync(int tunnels, CancellationToken cancel)
    {
        FailoverStage stage = Open();
        try
        {
            stage.Peers = await Peers.StartAsync(tunnels, stage.Addresses, stage._port, stage._key, LivenessPeriod, cancel).ConfigureAwait(false);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>All three are members, each has one of the addresses, and the shards that belong to it.</summary>
    public async Task<bool> IsFormedAsync(CancellationToken cancel)
    {
        foreach (StagedNode node in _nodes)
        {
            if (node.Process.IsDead) throw new TimeoutException($"{node.Process} has ended:\n{node.Process.Log}");
            if (await node.LookAsync(cancel).ConfigureAwait(false) is not { Nodes.Count: Nodes } map || map.Nodes.Any(member => member.ServiceAddresses.Count != 1)) return false;
            if (map.Nodes.Single(member => member.IsSelf).Shards is not (SessionId.ShardCount / Nodes or SessionId.ShardCount / Nodes + 1)) return false;
        }

        return true;
    }

    /// <summary>Waits until something is so, and says how long it took.</summary>
    /// <exception cref="TimeoutException">It did not become so; the message says what was waited for, and what the nodes said last.</exception>
    public async Task<TimeSpan> UntilAsync(Func<Task<bool>> isSo, string what, TimeSpan patience, CancellationToken cancel)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!await isSo().ConfigureAwait(false))
        {
            if (Stopwatch.GetElapsedTime(begun) > patience)
                throw new TimeoutException($"waited {patience.TotalSeconds:F0} s for {what}\n{string.Join('\n', _nodes.Select(node => $"--- {node.Process}{(node.Process.IsDead ? ", dead" : "")}\n{node.Process.Log}"))}");
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }

        return Stopwatch.GetElapsedTime(begun);
    }

    public async ValueTask DisposeAsync()
    {
        if (Peers is not null) await Peers.DisposeAsync().ConfigureAwait(false);
        Clear();
    }

    private void Clear()
    {
        foreach (StagedNode node in _nodes) node.Dispose();
        _key.Dispose();
        CryptographicOperations.ZeroMemory(_octets);
        Directory.Delete(_folder, recursive: true);
    }

    private void StartNodes(string store)
    {
        using ClusterAuthority authority = ClusterAuthority.Create(Path.Combine(_folder, "ca"), DateTimeOffset.UtcNow);
        NewFile.Write(Path.Combine(_folder, "store.key"), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), OwnerOnly);
        NewFile.Write(Path.Combine(_folder, "swanctl.conf"), Configuration(), OwnerOnly);
        for (int i = 0; i < Nodes; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"n{i + 1}"), http = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_httpPorts[i]}");
            ClusterTlsFiles tls = authority.Issue(name, DateTimeOffset.UtcNow);
            string[] arguments =
            [
                "--config", Path.Combine(_folder, "swanctl.conf"), "--kernel", "memory", "--vici", "none",
                "--listen", $"{_net}.{101 + i}", "--port", Text(_port), "--nat-port", Text(_natPort),
                "--node-name", name, "--cluster-address", ClusterAddress(i), "--seed", .. Enumerable.Range(0, Nodes).Select(ClusterAddress),
                "--cluster-cert", tls.Certificate, "--cluster-key", tls.Key, "--cluster-ca", tls.Authority,
                "--service-address", .. Addresses.Select(address => $"{address}/8%lo"),
                "--store", store, "--store-key", Path.Combine(_folder, "store.key"),
                "--http", http, "--http-token-file", Path.Combine(_folder, $"{name}.token"), "--ladders", "0", "--retransmit-timeout", "0.5", "--log", "net=0,enc=0,ike=0,chd=0,knl=0",
            ];
            _nodes.Add(new StagedNode(NodeProcess.Start(name, _folder, arguments), ClusterAddress(i), new GatewayClient($"http://{http}", tokenFile: null, authorityFile: null)));
        }
    }

    private string ClusterAddress(int node) => string.Create(CultureInfo.InvariantCulture, $"{_net}.{101 + node}:{_clusterPorts[node]}");

    private static string Text(ushort port) => port.ToString(CultureInfo.InvariantCulture);

    private string Configuration() => $$"""
        connections {
          peers {
            proposals = aes128gcm16-prfsha256-x25519
            mobike = no
            local {
              auth = psk
              id = {{Identity}}
            }
            remote {
              auth = psk
              id = *.example.org
            }
            children {
              net {
                local_ts = 10.1.0.0/16
                remote_ts = 10.0.0.0/8
                esp_proposals = aes256-sha256
              }
            }
          }
        }
        secrets {
          ike-peers {
            secret = 0x{{Convert.ToHexStringLower(_octets)}}
          }
        }
        """;

    private static ushort[] FreeTcpPorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners) listener.Start();
        ushort[] ports = [.. listeners.Select(listener => (ushort)((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners) listener.Dispose();
        return ports;
    }
}

/// <summary>A node, and what it says of itself and the others.</summary>
internal sealed class StagedNode(NodeProcess process, string clusterAddress, GatewayClient http) : IDisposable
{
    public NodeProcess Process { get; } = process;

    /// <summary>As the cluster names it.</summary>
    public string ClusterAddress { get; } = clusterAddress;

    /// <summary>Null while it does not answer.</summary>
    public async Task<ClusterModel?> LookAsync(CancellationToken cancel)
    {
        if (Process.IsDead) return null;
        try
        {
            return await http.GetClusterAsync(cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Process.Dispose();
        http.Dispose();
    }
}
