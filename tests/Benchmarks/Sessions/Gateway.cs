using System.Collections.Concurrent;
using System.Net;
using Akka.Actor;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Node;
using Concentrator.Actors.Store;
using Concentrator.Actors.Transport;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Benchmarks;

/// <summary>
/// A whole node but for its sockets: what they would read is put before the router, and what they would send is kept. The gate, the actors, the state machine,
/// the cryptography and the tables of the kernel are those of a gateway.
/// </summary>
internal sealed class Gateway : IAsyncDisposable
{
    private readonly ConcentratorNode _node;
    private readonly UdpEndpoint _local;

    private Gateway(ConcentratorNode node, int number, BlockingCollection<SendMessage> sent)
    {
        _node = node;
        Sent = sent;
        Address = new IPEndPoint(new IPAddress([192, 0, 2, (byte)(1 + number)]), 500);
        _local = UdpEndpoint.From(Address);
        IActorRef keeper = node.System.ActorOf(Props.Create(() => new Keeper(Sent)));
        node.Context.Transport.Fill([new TransportEntry(Address, IsNatPort: false, keeper)]);
    }

    public static IdentityPattern Identity { get; } = IdentityPattern.Parse("gateway.example.org");

    public IPEndPoint Address { get; }

    /// <summary>By this node, or by all of its cluster.</summary>
    public BlockingCollection<SendMessage> Sent { get; }

    /// <summary>How many shards live here.</summary>
    public int Shards => _node.Context.Shards.Current.Count;

    /// <summary>Datagrams that passed the gate, and those of them that were sent on to another node.</summary>
    public (long Routed, long Hops) Datagrams => (_node.Context.Placement.Routed, _node.Context.Placement.Hops);

    /// <param name="kernel">Stays the caller's.</param>
    /// <param name="key">Likewise.</param>
    /// <param name="store">Where sessions are stored; null: they are not.</param>
    /// <param name="cluster">How it finds the others; null: it is alone.</param>
    /// <param name="number">Which of them it is, from 0.</param>
    /// <param name="sent">Gets what it sends; null: one of its own.</param>
    /// <param name="observer">Misses nothing of it; null: nobody looks.</param>
    public static async Task<Gateway> StartAsync(
        IXfrmBackend kernel, Secret key, StoreOptions? store = null, ClusterNodeOptions? cluster = null, int number = 0, BlockingCollection<SendMessage>? sent = null, IObserver<NodeEvent>? observer = null)
    {
        NodeOptions options = new()
        {
            ListenAddresses = [IPAddress.Loopback],
            Port = 0,
            NatPort = 0,
            Kernel = KernelKind.Memory,
            CloseGrace = TimeSpan.Zero,
            Store = store,
            WakeRate = int.MaxValue,
            HalfOpen = new HalfOpenLimits { CookieThreshold = 0 },
            Cluster = cluster ?? new ClusterNodeOptions(),
        };
        GatewayConfig config = new([Connection(Identity, IdentityPattern.Parse("*.example.org"), isGateway: true)], [new SharedKeyConfig("ike", [], key)]);
        return new Gateway(await ConcentratorNode.StartAsync(options, config, NullLoggerFactory.Instance, kernel, observer), number, sent ?? []);
    }

    public static ConnectionConfig Connection(IdentityPattern local, IdentityPattern remote, bool isGateway)
    {
        SelectorConfig[] network = [new SelectorConfig(new AddressRange(IPAddress.Parse("10.255.0.0"), IPAddress.Parse("10.255.255.255")), 0, 0, ushort.MaxValue)];
        SelectorConfig[] caller = [SelectorConfig.Dynamic];
        return new ConnectionConfig
        {
            Name = "peers",
            Proposals = [ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)],
            Local = new AuthConfig(local),
            Remote = new AuthConfig(remote),
            Children =
            [
                new ChildConfig
                {
                    Name = "net",
                    Proposals = [ProposalParser.ParseEsp("aes128gcm16", 1)],
                    LocalSelectors = isGateway ? network : caller,
                    RemoteSelectors = isGateway ? caller : network,
                },
            ],
        };
    }

    public int Established => _node.IkeSas.Count(ikeSa => ikeSa.State == IkeSaState.Established && ikeSa.Children.Count == 1);

    public StoreSnapshot? Store => _node.Store;

    /// <summary>As if it had been killed.</summary>
    public Task AbortAsync() => _node.CrashAsync();

    public Task<NodeSnapshot> GetSnapshotAsync() => _node.GetSnapshotAsync();

    public void Deliver(ReadOnlyMemory<byte> message, IPEndPoint peer)
    {
        if (!_node.Context.Datagrams.TryRent(out InboundDatagram? datagram)) throw new InvalidOperationException("The router does not keep up.");
        datagram.Fill(message.Span, _local, UdpEndpoint.From(peer), hadMarker: false);
        _node.Actors.Router.Tell(datagram, ActorRefs.NoSender);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Sent.Dispose();
    }

    private sealed class Keeper(BlockingCollection<SendMessage> sent) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is SendMessage send) sent.Add(send);
        }
    }
}
