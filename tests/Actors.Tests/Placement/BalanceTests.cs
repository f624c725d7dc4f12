using System.Net;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Clustering.Addresses;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Placement;

/// <summary>
/// Two nodes with a service address each that send newcomers to whichever has clearly fewer IKE SAs (RFC 5685 §3). How many a node has is what the test enters in its directory; the newcomers
/// are gateways that call the address of one of them.
/// </summary>
public sealed class BalanceTests : IAsyncDisposable
{
    private static readonly ServiceAddress[] Addresses = [.. Enumerable.Range(1, 2).Select(i => new ServiceAddress(IPAddress.Parse($"127.0.3.{100 + i}"), 8, "lo"))];

    private readonly AddressSegment _segment = new();
    private readonly ushort _port = NodeCluster.FreePort(), _natPort = NodeCluster.FreePort();
    private readonly NodeCluster _cluster;
    private readonly List<Newcomer> _newcomers = [];
    private ulong _entered;

    public BalanceTests() => _cluster = new NodeCluster
    {
        Gateway = ClusterPeers.Gateway(),
        Vary = (number, options) => options with
        {
            // The same ports on both: who is sent elsewhere calls the port that it was configured with.
            ListenAddresses = [IPAddress.Parse($"127.0.3.{1 + number}")],
            Port = _port,
            NatPort = _natPort,
            ServiceAddresses = Addresses,
            OpenServiceAddresses = () => _segment.Open($"n{number}"),
            BalancesNewcomers = true,
        },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ClusterNode First => _cluster.Nodes[0];

    private ClusterNode Second => _cluster.Nodes[1];

    public async ValueTask DisposeAsync()
    {
        foreach (Newcomer newcomer in _newcomers) await newcomer.Node.DisposeAsync();
        foreach (ClusterNode node in _cluster.Living)
        {
            foreach (SessionId session in node.Node.Context.Sessions.Sessions) node.Node.Context.Sessions.Withdraw(session);
        }

        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Who_follows_is_sent_to_the_node_that_has_clearly_fewer_and_who_does_not_is_served()
    {
        await StartAsync();
        // With the first of them it has twenty: not clearly more than nobody.
        await EnterAsync(First, 19);
        Newcomer stays = await CallAsync(First);
        Assert.Empty(stays.SentTo);
        Assert.Equal([AddressOf(First)], stays.Places);
        await HeardAsync(First, 20);

        await EnterAsync(First, 20);
        Newcomer follows = await CallAsync(First);
        Assert.Equal([AddressOf(Second).ToString()], follows.SentTo);
        Assert.Equal([AddressOf(Second)], follows.Places);
        Assert.Equal((1, 0), (Redirected(First), Redirected(Second)));
        Assert.Equal(1, EstablishedAt(Second));

        Newcomer doesNot = await CallAsync(First, options => options with { FollowsRedirects = false });
        Assert.Equal([AddressOf(First)], doesNot.Places);
        Assert.Equal((1, 0), (Redirected(First), Redirected(Second)));

        // Who calls the one that has fewer is not sent to the one that has more.
        Newcomer elsewhere = await CallAsync(Second);
        Assert.Empty(elsewhere.SentTo);
        Assert.Equal([AddressOf(Second)], elsewhere.Places);
    }

    /// <summary>Each knows the other's number late: after a rush both may believe that the other has fewer.</summary>
    [Fact]
    public async Task Nobody_is_sent_in_circles()
    {
        await StartAsync();
        await EnterAsync(Second, 100);
        Newcomer tried = await CallAsync(Second);
        Assert.Equal([AddressOf(First).ToString()], tried.SentTo);

        // The second says nothing more, so the first goes on believing that it has none.
        Newcomer caught = await StartCallerAsync(First);
        NodeStatus last = StatusActor.Of(Second.Node.Context, $"127.0.0.1:{Second.ClusterPort}") with { IkeSas = 0 };
        Second.Node.System.ActorSelection("/user/status").Tell(PoisonPill.Instance);
        await Wait.UntilAsync(() => TryListen(Second), "the second listens");
        await EnterAsync(First, 200, () => First.Node.Context.Statuses.Note(last, First.Node.Context.Now));
        caught.Call();
        await caught.InstalledAsync();
        Assert.Equal([AddressOf(Second).ToString()], caught.SentTo);
        Assert.Equal([AddressOf(Second)], caught.Places);
    }

    [Fact]
    public async Task A_node_that_was_not_drained_balances_as_before()
    {
        await StartAsync();
        await EnterAsync(First, 40);
        Newcomer before = await CallAsync(First);
        Assert.Equal([AddressOf(Second).ToString()], before.SentTo);

        DrainOutcome undone = await First.Node.DrainAsync(null, new DrainWish { Undo = true }, Cancel);
        Assert.True(undone.IsDone, undone.Text);
        await TickedAsync(First);
        Newcomer after = await CallAsync(First);
        Assert.Equal([AddressOf(Second).ToString()], after.SentTo);
    }

    private async Task StartAsync()
    {
        await _cluster.StartAsync(2);
        await _cluster.AwaitAsync(
            () => _cluster.Nodes.All(node => _segment.Of(node.Name).Count == 1
                && node.Node.Context.Addresses.HeldBy(Other(node).Cluster.SelfAddress).Any()
                && ShardsOf(node).All(node.Node.Context.Shards.Current.Contains)),
            () => "not an address and its shards each");
        await Task.WhenAll(HeardAsync(First, 0), HeardAsync(Second, 0));
    }

    private IEnumerable<byte> ShardsOf(ClusterNode node) =>
        Enumerable.Range(0, SessionId.ShardCount).Select(shard => (byte)shard).Where(node.Node.Context.Addresses.ShardsOf(AddressOf(node)).Contains);

    /// <summary>It has so many IKE SAs more, the other knows, and who calls it is sent where that leads.</summary>
    private async Task EnterAsync(ClusterNode node, int count, Action? meanwhile = null)
    {
        byte shard = ShardsOf(node).First();
        for (int i = 0; i < count; i++) Assert.True(node.Node.Context.Sessions.TryEnter(new SessionId(((ulong)shard << 48) | 0xff_0000_0000 | ++_entered)));
        await HeardAsync(node, node.Node.Context.Sessions.Count, meanwhile);
    }

    /// <summary>A node says how many it has once it has said where newcomers go.</summary>
    private Task HeardAsync(ClusterNode node, int count, Action? meanwhile = null) => _cluster.AwaitAsync(
        () =>
        {
            meanwhile?.Invoke();
            return ToldBy(node)?.IkeSas == count;
        },
        () => $"{node.Name} has not told of {count}");

    /// <summary>It has looked once more where newcomers go.</summary>
    private async Task TickedAsync(ClusterNode node)
    {
        NodeStatus? before = ToldBy(node);
        await _cluster.AwaitAsync(() => !ReferenceEquals(before, before = ToldBy(node)), () => $"{node.Name} tells nothing more");
        await _cluster.AwaitAsync(() => !ReferenceEquals(before, ToldBy(node)), () => $"{node.Name} tells nothing more");
    }

    /// <summary>False as long as the name is its predecessor's.</summary>
    private static bool TryListen(ClusterNode node)
    {
        try
        {
            node.Node.System.ActorOf(Props.Create(() => new Listener(node.Node.Context)), "status");
            return true;
        }
        catch (InvalidActorNameException)
        {
            return false;
        }
    }

    private NodeStatus? ToldBy(ClusterNode node) => Other(node).Node.Context.Statuses.Of($"127.0.0.1:{node.ClusterPort}", Other(node).Node.Context.Now);

    private ClusterNode Other(ClusterNode node) => node == First ? Second : First;

    private IPAddress AddressOf(ClusterNode node) => Assert.Single(_segment.Of(node.Name));

    private static long Redirected(ClusterNode node) => node.Node.Context.Drops[DropReason.Redirected];

    private static int EstablishedAt(ClusterNode node) => node.Node.IkeSas.Count(ikeSa => ikeSa.State == IkeSaState.Established);

    private async Task<Newcomer> CallAsync(ClusterNode called, Func<NodeOptions, NodeOptions>? vary = null)
    {
        Newcomer newcomer = await StartCallerAsync(called, vary);
        newcomer.Call();
        await newcomer.InstalledAsync();
        return newcomer;
    }

    private async Task<Newcomer> StartCallerAsync(ClusterNode called, Func<NodeOptions, NodeOptions>? vary = null)
    {
        Newcomer newcomer = new();
        GatewayConfig callers = ClusterPeers.Callers([("gateway", _port)], ChildAction.None);
        NodeOptions options = _cluster.Options($"peer{_newcomers.Count}", NodeCluster.FreePort(), []) with { RemoteNatPort = _natPort };
        newcomer.Node = await ConcentratorNode.StartAsync(
            (vary ?? (same => same))(options),
            new GatewayConfig([.. callers.Connections.Select(connection => connection with { RemoteAddresses = [new AddressRange(AddressOf(called), AddressOf(called))] })], [Samples.SharedKey("correct horse")]),
            NullLoggerFactory.Instance, newcomer.Kernel, newcomer.Events, Cancel);
        _newcomers.Add(newcomer);
        return newcomer;
    }

    private sealed class Newcomer
    {
        private const string Sent = "redirected to ";

        public MemoryXfrmBackend Kernel { get; } = new();

        public EventLog Events { get; } = new("newcomer");

        public ConcentratorNode Node { get; set; } = null!;

        /// <summary>The gateways that it was given, in their order.</summary>
        public IReadOnlyList<string> SentTo =>
            [.. Events.Seen.OfType<IkeSaHappened>().Select(happened => happened.Event).OfType<Remark>().Where(remark => remark.Text.StartsWith(Sent, StringComparison.Ordinal)).Select(remark => remark.Text[Sent.Length..])];

        public void Call() => Node.Initiate("gateway", "net");

        public Task<ChildSaStateChanged> InstalledAsync() => Events.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "it is up");

        /// <summary>Where its IKE SAs are.</summary>
        public IEnumerable<IPAddress> Places => Node.IkeSas.Where(ikeSa => ikeSa.State == IkeSaState.Established).Select(ikeSa => ikeSa.Remote!.Address);
    }

    /// <summary>Hears what the other tells, and tells nothing.</summary>
    private sealed class Listener(NodeContext node) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is NodeStatus status) node.Statuses.Note(status, node.Now);
            else Unhandled(message);
        }
    }
}
