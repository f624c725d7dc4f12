using System.Net;
using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using static Concentrator.Actors.Tests.Store.StoredCluster;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Store;

/// <summary>A node that lives and was given up for dead: it overwrites nothing, deletes nothing, tells no peer anything, and what it had leaves its kernel.</summary>
[Collection(nameof(StoredClusters))]
public sealed class ZombieTests(PostgresServer server)
{
    private const int Calls = 6;

    // Its heart stands still, and then it hears that it is no member any more.
    [Fact]
    public async Task Who_is_cut_off_from_the_cluster_leaves_its_sessions_to_the_others()
    {
        await using StoredCluster cluster = await new StoredCluster(server.CreateDatabase()).StartAsync(3);
        ClusterNode zombie = cluster.Nodes.Nodes[0], heir = cluster.Nodes.Nodes[1];
        await cluster.CallAsync(Calls, zombie);
        int sent = NodePair.SentBy(zombie.Events).Count;
        IPEndPoint address = zombie.Node.Endpoints[0];
        using ManualResetEventSlim standstill = new();
        for (int i = 0; i < 4; i++) zombie.Node.System.ActorOf(Props.Create(() => new Sleeper(standstill)).WithDispatcher(ClusterSettings.ClusterDispatcher));
        await cluster.SettleAsync(() => heir.Sees(2) && cluster.Nodes.Nodes[2].Sees(2), "the others have given it up");
        // A claim that it has in its hands would take from the others what they have by now.
        NodeStore store = zombie.Node.Context.Store!;
        await cluster.SettleAsync(() => heir.Node.Store!.Restored + cluster.Nodes.Nodes[2].Node.Store!.Restored == Calls, "they have its sessions");
        await Assert.ThrowsAsync<LifeOverException>(() => store.Database.ClaimAsync(store.Epoch, [.. Enumerable.Range(0, SessionId.ShardCount).Select(shard => (byte)shard)], [], TestContext.Current.CancellationToken));
        standstill.Set();

        await zombie.Node.WhenCutOff.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await zombie.Node.StopAsync();
        zombie.IsDead = true;
        Assert.Empty(zombie.Kernel.DumpSas());
        Assert.Empty(zombie.Kernel.DumpPolicies());
        Assert.Equal(sent, NodePair.SentBy(zombie.Events).Count);
        Assert.All(zombie.Events.Seen.OfType<IkeSaEnded>(), ended => Assert.Equal(EndReason.TakenOver, ended.Reason));
        await cluster.SettleAsync(() => cluster.Sas == 2 * Calls && cluster.Entries.Count() == Calls, "the others have its sessions");

        int inherited = heir.Node.Context.Sessions.Entries.Count();
        TakeAddress(heir, address);
        await cluster.SettleAsync(() => Answered(heir) == inherited, "the peer has answered all that are where its datagrams go");
        cluster.AssertPeerHasNoticedNothing();
    }

    // Two clusters at one database, as after a split that no resolver saw.
    [Fact]
    public async Task Who_goes_on_beside_its_successor_is_fenced_and_the_successor_is_not_disturbed()
    {
        string database = server.CreateDatabase(), keys = KeyRing.NewLine();
        NodeOptions Stored(NodeOptions options, string name) => options with
        {
            Store = new StoreOptions { Postgres = database, KeyText = keys },
            Cluster = options.Cluster with { Name = name },
            Retransmit = new RetransmitPolicy(TimeSpan.FromMilliseconds(500), 1, 400),
        };
        await using NodePair pair = new() { SunOptions = options => Stored(options, "zombie"), StartAction = ChildAction.Start };
        await pair.EstablishAsync();
        await Wait.UntilAsync(() => pair.Sun.Store!.RowsWritten > 0, "it is stored");
        IkeSaSnapshot moons = Assert.Single(pair.Moon.IkeSas);
        IPEndPoint address = pair.Sun.Endpoints[0];

        using MemoryXfrmBackend kernel = new(firstSpi: 0xc8000000);
        EventLog events = new("successor");
        await using ConcentratorNode successor = await pair.StartSecondSunAsync(options => Stored(options, "successor"), kernel, events);
        await Wait.UntilAsync(() => successor.Store!.Restored == 1 && kernel.DumpSas().Count == 2, "the successor has it");
        Assert.Equal(2, pair.SunKernel.DumpSas().Count);

        // The peer still speaks to the first. Its answer would have to be stored before it leaves.
        int sent = NodePair.SentBy(pair.SunEvents).Count;
        pair.Moon.RekeyChild(moons.Session, moons.Children[0].ChildId);
        Assert.Equal(EndReason.TakenOver, (await pair.SunEvents.NextAsync<IkeSaEnded>()).Reason);
        await Wait.UntilAsync(() => pair.SunKernel.DumpSas().Count + pair.SunKernel.DumpPolicies().Count == 0, "its kernel is empty");
        Assert.Equal(1, pair.Sun.Store!.Fenced);
        Assert.Equal(sent, NodePair.SentBy(pair.SunEvents).Count);
        await pair.Sun.StopAsync();

        ClusterNode heir = new("successor", 0) { Node = successor };
        TakeAddress(heir, address);
        await Wait.UntilAsync(() => events.Seen.OfType<IkeSaHappened>().Any(e => e.Event is Remark { Text: var text } && text.Contains("has answered", StringComparison.Ordinal)), "the peer answers the successor");
        Assert.Equal((moons.LocalSpi, moons.RemoteSpi), Assert.Single(pair.Moon.IkeSas.Select(ikeSa => (ikeSa.LocalSpi, ikeSa.RemoteSpi))));
        await pair.Moon.StopAsync();
        await Wait.UntilAsync(() => successor.IkeSas.Count == 0 && kernel.DumpSas().Count == 0, "it closes with the peer");
    }

    private sealed class Sleeper(ManualResetEventSlim until) : UntypedActor
    {
        protected override void PreStart() => until.Wait(TimeSpan.FromSeconds(60));

        protected override void OnReceive(object message) => Unhandled(message);
    }
}
