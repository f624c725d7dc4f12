using System.Net;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Store;

/// <summary>
/// Three nodes of one gateway at one PostgreSQL; one is killed. The others claim its rows and put its SAs into their kernels before they wake anybody, at a bounded rate;
/// where its address goes the peers answer, and nobody authenticates anew.
/// </summary>
public sealed class TakeOverTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Calls = 24;
    private const int WakeRate = 8;

    private readonly string _database = server.CreateDatabase();
    private readonly string _keys = KeyRing.NewLine();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_nodes_sessions_go_on_elsewhere_data_first_and_paced()
    {
        await using NodeCluster cluster = await new NodeCluster { Gateway = Gateway(), Vary = Stored }.StartAsync(3);
        await SpreadAsync(cluster);
        ClusterNode killed = cluster.Nodes[0], heir = cluster.Nodes[1];
        EventLog events = new("moon");
        using MemoryXfrmBackend kernel = new();
        await using ConcentratorNode moon = await CallAsync(cluster, killed, Calls, kernel, events);
        await UntilAsync(() => killed.Node.Store!.RowsWritten >= Calls, "all are stored");
        int sent = NodePair.SentBy(events).Count;
        IPEndPoint address = killed.Node.Endpoints[0];

        await NodeCluster.KillAsync(killed);
        await UntilAsync(() => cluster.Living.Sum(node => node.Kernel.DumpSas().Count) == 2 * Calls, "all SAs are there");
        int awake = cluster.Living.Sum(node => node.Node.Context.Sessions.Entries.Count(entry => entry.IsTaken));
        Assert.True(awake < Calls, $"{awake} were awake when the last SA came");
        Assert.Equal(Calls, cluster.Living.Sum(node => node.Node.Store!.Restored));

        // The others are not kept waiting: a newcomer is up at once, though most of the old ones still sleep.
        EventLog newcomersEvents = new("newcomer");
        using MemoryXfrmBackend newcomersKernel = new();
        await using (ConcentratorNode newcomer = await CallAsync(cluster, heir, 1, newcomersKernel, newcomersEvents))
        {
            Assert.Contains(heir.Node.Context.Sessions.Entries.Concat(cluster.Nodes[2].Node.Context.Sessions.Entries), entry => !entry.IsTaken);
        }

        TakeAddress(heir, address);
        int theirs = heir.Node.Context.Sessions.Entries.Count();
        await UntilAsync(() => Answered(heir) == theirs, "the peer has answered all that are where its datagrams go");
        Assert.InRange(theirs, 1, Calls);
        Assert.DoesNotContain(NodePair.SentBy(events).Skip(sent), message => message.StartsWith("IKE_SA_INIT", StringComparison.Ordinal) || message.StartsWith("IKE_AUTH", StringComparison.Ordinal));
        await UntilAsync(() => cluster.Living.All(node => node.Node.Context.Sessions.Entries.All(entry => entry.IsTaken)), "all are awake");
    }

    private NodeOptions Stored(int number, NodeOptions options) => options with
    {
        Store = new StoreOptions { Postgres = _database, KeyText = _keys },
        WakeRate = WakeRate,
        // Those that the peer's datagrams do not reach go on trying for as long as the test takes.
        Retransmit = new RetransmitPolicy(TimeSpan.FromMilliseconds(300), 1.2, 20),
    };

    /// <summary>As a service address goes from one node to another: who has it reads and sends there.</summary>
    private static void TakeAddress(ClusterNode heir, IPEndPoint address)
    {
        UdpSocket socket = UdpSocket.Bind(address, new UdpSocketOptions());
        IActorRef actor = heir.Node.System.ActorOf(SocketActor.Props(heir.Node.Context, socket, false, null));
        heir.Node.Context.Transport.Fill([.. heir.Node.Context.Transport.Entries, new TransportEntry(address, false, actor)]);
        actor.Tell(new StartReading(), ActorRefs.NoSender);
    }

    private static int Answered(ClusterNode node) => node.Events.Seen.OfType<IkeSaHappened>()
        .Count(happened => happened.Event is Remark { Text: var text } && text.Contains("has answered", StringComparison.Ordinal));

    private static async Task<ConcentratorNode> CallAsync(NodeCluster cluster, ClusterNode called, int calls, MemoryXfrmBackend kernel, EventLog events)
    {
        NodeOptions options = cluster.Options($"peer{NodeCluster.FreePort()}", NodeCluster.FreePort(), []);
        GatewayConfig config = new(
            [
                .. Enumerable.Range(0, calls).Select(call => Connection($"call-{call}", "moon.example.org", "sun.example.org") with
                {
                    RemoteAddresses = [new AddressRange(IPAddress.Loopback, IPAddress.Loopback)],
                    RemotePort = (ushort)called.Node.Endpoints[0].Port,
                    Children = [Child("10.1.0.0/24", "10.2.0.0/24") with { StartAction = ChildAction.Start }],
                }),
            ],
            [Samples.SharedKey("correct horse")]);
        ConcentratorNode peer = await ConcentratorNode.StartAsync(options, config, NullLoggerFactory.Instance, kernel, events, Cancel);
        for (int i = 0; i < calls; i++) await events.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, $"child {i} installed");
        return peer;
    }

    private static GatewayConfig Gateway() => new(
        [Connection("moon", "sun.example.org", "moon.example.org") with { Children = [Child("10.2.0.0/24", "10.1.0.0/24")] }], [Samples.SharedKey("correct horse")]);

    private static ConnectionConfig Connection(string name, string local, string remote) => new()
    {
        Name = name,
        Mobike = false,
        Unique = UniquePolicy.Never,
        Proposals = [ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)],
        Local = new AuthConfig(IdentityPattern.Parse(local)),
        Remote = new AuthConfig(IdentityPattern.Parse(remote)),
        Children = [],
    };

    private static ChildConfig Child(string local, string remote) => Samples.Child("net") with { LocalSelectors = [Samples.Net(local)], RemoteSelectors = [Samples.Net(remote)] };

    private static Task SpreadAsync(NodeCluster cluster) => UntilAsync(
        () =>
        {
            int[] counts = [.. cluster.Nodes.Select(node => node.Node.Context.Shards.Current.Count)];
            return counts.Sum() == SessionId.ShardCount && counts.Max() - counts.Min() <= 8;
        },
        "the shards are spread");

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (int i = 0; i < 3000 && !condition(); i++) await Task.Delay(10, Cancel);
        Assert.True(condition(), what);
    }
}
