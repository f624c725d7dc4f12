using System.Net;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Actors.Tests.Store;
using Concentrator.Kernel;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Draining;

/// <summary>A node is emptied while its tunnels are up: their SAs are in the other kernel before the address is there, nobody authenticates anew, and what goes wrong loses nothing.</summary>
public sealed class DrainTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_other_kernel_has_the_tunnels_before_the_address_is_there_and_a_rolling_upgrade_costs_nobody_an_authentication()
    {
        await using DrainLab lab = new(server.CreateDatabase());
        await lab.Cluster.StartAsync(1);
        DrainOutcome alone = await lab.Cluster.Nodes[0].Node.DrainAsync(null, new DrainWish(), Cancel);
        Assert.False(alone.IsDone);
        Assert.Equal("no other node is there", alone.Text);

        await lab.CallAsync();
        await lab.Cluster.AddAsync();
        await lab.Cluster.AwaitMembersAsync(2);
        await HandOverAsync(lab, lab.Cluster.Nodes[0], lab.Cluster.Nodes[1]);

        // The first is upgraded: it stops, and another comes. Then the second is drained, by a command that the other was given.
        await lab.Cluster.Nodes[0].Node.StopAsync();
        lab.Cluster.Nodes[0].IsDead = true;
        ClusterNode third = await lab.Cluster.AddAsync();
        await lab.Cluster.AwaitMembersAsync(2);
        await HandOverAsync(lab, lab.Cluster.Nodes[1], third);
        lab.AssertNobodyAuthenticatedAnew();

        // It changes its mind.
        DrainOutcome undone = await third.Node.DrainAsync("n1", new DrainWish { Undo = true }, Cancel);
        Assert.True(undone.IsDone, undone.Text);
        Assert.Equal(DrainState.Serving, lab.Cluster.Nodes[1].Node.Context.Drain);
    }

    [Fact]
    public async Task What_goes_wrong_leaves_everything_where_it_was()
    {
        await using DrainLab lab = new(server.CreateDatabase());
        await lab.Cluster.StartAsync(2);
        await lab.CallAsync();
        (ClusterNode holder, ClusterNode other) = (lab.Holder, lab.Other);

        // The other kernel refuses the SAs.
        other.Kernel.Refuse(XfrmStep.InboundSa, Errno.ENOMEM);
        DrainOutcome refused = await holder.Node.DrainAsync(null, new DrainWish { Patience = TimeSpan.FromSeconds(10) }, Cancel);
        Assert.False(refused.IsDone);
        Assert.Contains($"refused {DrainLab.Tunnels} SAs", refused.Text, StringComparison.Ordinal);
        AssertUntouched();
        other.Kernel.ClearFaults();

        // Nobody could read the rows.
        holder.Node.Context.Store!.Board.IsAvailable = false;
        DrainOutcome blind = await holder.Node.DrainAsync(null, new DrainWish(), Cancel);
        Assert.False(blind.IsDone);
        Assert.Contains("session store", blind.Text, StringComparison.Ordinal);
        AssertUntouched();
        holder.Node.Context.Store!.Board.IsAvailable = true;

        // There is no such node.
        await Assert.ThrowsAsync<Actors.Node.RequestRefusedException>(() => holder.Node.DrainAsync("nobody", new DrainWish(), Cancel));
        await lab.RekeyAllAsync(holder);
        lab.AssertNobodyAuthenticatedAnew();

        void AssertUntouched()
        {
            Assert.True(lab.HasAddress(holder));
            Assert.Equal(DrainState.Serving, holder.Node.Context.Drain);
            Assert.Equal(DrainLab.Tunnels, DrainLab.EstablishedAt(holder));
            Assert.True(DrainLab.Has(holder.Kernel, lab.Spis));
        }
    }

    [Fact]
    public async Task Who_stops_hands_over_first_and_where_nobody_is_what_is_stored_stays()
    {
        string database = server.CreateDatabase();
        await using DrainLab lab = new(database) { DrainOnStop = true };
        await lab.Cluster.StartAsync(2);
        await lab.CallAsync();
        ClusterNode holder = lab.Holder, other = lab.Other;
        await holder.Node.StopAsync();
        holder.IsDead = true;
        Assert.Empty(holder.Kernel.DumpSas());
        await lab.RekeyAllAsync(other);
        lab.AssertNobodyAuthenticatedAnew();

        // Now nobody else is there: the peers are told nothing, and the next start goes on.
        await other.Node.StopAsync();
        other.IsDead = true;
        Assert.Contains(other.Log.Lines, line => line.Contains("no other node is there", StringComparison.Ordinal));
        Assert.Equal(DrainLab.Tunnels, lab.Peer.IkeSas.Count(ikeSa => ikeSa.State == Ike.Session.IkeSaState.Established));
        ClusterNode next = await lab.Cluster.AddAsync();
        await lab.UntilAsync(() => DrainLab.EstablishedAt(next) == DrainLab.Tunnels, "the next start goes on");
        lab.AssertNobodyAuthenticatedAnew();
    }

    /// <summary>
    /// What had left by then goes on where it is, the rest comes there as that of any dead node; nobody has anything twice.
    /// </summary>
    [Fact]
    public async Task A_node_that_is_killed_when_half_of_its_shards_have_left_costs_nobody_an_authentication()
    {
        await using DrainLab lab = new(server.CreateDatabase());
        await lab.Cluster.StartAsync(3);
        await lab.CallAsync();
        ClusterNode holder = lab.Holder;
        using CancellationTokenSource dead = new();
        Task<DrainOutcome> drain = holder.Node.DrainAsync(null, new DrainWish(), dead.Token);
        // They leave some at a time, once a second.
        await lab.UntilAsync(() => !lab.HasAddress(holder) && ShardsOf(holder) <= SessionId.ShardCount / 2, "half of the shards have left");
        int left = ShardsOf(holder);
        await NodeCluster.KillAsync(holder);
        Assert.InRange(left, 1, SessionId.ShardCount / 2);
        Assert.False(drain.IsCompletedSuccessfully);
        await dead.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => drain);

        await lab.UntilAsync(() => lab.Cluster.Living.Count(lab.HasAddress) == 1, "one of the living has the address");
        ClusterNode heir = lab.Holder;
        await lab.UntilAsync(() => ShardsOf(heir) == SessionId.ShardCount, "it has all shards");
        await lab.RekeyAllAsync(heir);
        Assert.Equal(DrainLab.Tunnels, lab.Cluster.Living.Sum(node => node.Node.IkeSas.Count));
        IEnumerable<uint> kernels = lab.Cluster.Living.SelectMany(node => node.Kernel.DumpSas()).Select(sa => sa.Id.Spi);
        Assert.All(lab.SpisOfPeer, spi => Assert.Equal(1, kernels.Count(there => there == spi)));
        await lab.UntilAsync(() => heir.Kernel.DumpSas().Count == 2 * DrainLab.Tunnels && kernels.Count() == 2 * DrainLab.Tunnels, "nothing is left of those that were rekeyed, nor elsewhere");
        lab.AssertNobodyAuthenticatedAnew();
    }

    [Fact]
    public async Task Those_that_sleep_are_handed_over_asleep()
    {
        await using DrainLab lab = new(server.CreateDatabase()) { WakeRate = number => number == 1 ? 0 : new NodeOptions().WakeRate };
        await lab.Cluster.StartAsync(1);
        await lab.CallAsync();
        await NodeCluster.KillAsync(lab.Cluster.Nodes[0]);
        ClusterNode sleeper = await lab.Cluster.AddAsync();
        await lab.UntilAsync(() => lab.HasAddress(sleeper) && DrainLab.EstablishedAt(sleeper) == DrainLab.Tunnels && sleeper.Kernel.DumpSas().Count == 2 * DrainLab.Tunnels, "the next has all");
        ClusterNode next = await lab.Cluster.AddAsync();
        await lab.Cluster.AwaitMembersAsync(2);
        IReadOnlySet<uint> spis = lab.SpisOfPeer;
        bool? wasReady = null;
        lab.OnArrival(name =>
        {
            if (name == next.Name) wasReady = DrainLab.Has(next.Kernel, spis);
        });

        Assert.All(sleeper.Node.Context.Sessions.Entries, entry => Assert.False(entry.IsTaken));
        DrainOutcome outcome = await sleeper.Node.DrainAsync(null, new DrainWish(), Cancel);
        Assert.True(outcome.IsDone, outcome.Text);
        Assert.Equal((DrainLab.Tunnels, 0), (outcome.HandedOver, outcome.Left));
        Assert.True(wasReady);
        Assert.Empty(NodePair.SentBy(sleeper.Events));
        await lab.UntilAsync(() => sleeper.Kernel.DumpSas().Count == 0, "nothing is left in the kernel of the first");
        await lab.RekeyAllAsync(next);
        lab.AssertNobodyAuthenticatedAnew();
    }

    /// <summary>Whoever had the address meanwhile has sent under later numbers.</summary>
    [Fact]
    public async Task An_address_that_comes_back_to_its_tunnels_has_their_children_renewed()
    {
        await using DrainLab lab = new(database: null);
        await lab.Cluster.StartAsync(1);
        await lab.CallAsync();
        ClusterNode holder = lab.Holder;
        IReadOnlySet<uint> before = lab.SpisOfPeer;
        lab.Refuse(holder);
        await lab.UntilAsync(() => holder.Node.Context.Addresses.Here.Count == 0, "the address is gone");
        Assert.Equal(before, lab.SpisOfPeer);
        lab.Refuse(null);
        await lab.UntilAsync(() => lab.HasAddress(holder), "the address is back");
        await lab.UntilAsync(() => lab.SpisOfPeer.Except(before).Count() == DrainLab.Tunnels, "each tunnel has a new child");
        lab.AssertNobodyAuthenticatedAnew();
    }

    /// <summary>Shards belong to addresses by their number, so another list of addresses leaves tunnels in the shards of another address than theirs.</summary>
    [Fact]
    public async Task Tunnels_that_began_when_the_addresses_were_others_have_their_data_where_their_address_is()
    {
        await using DrainLab lab = new(server.CreateDatabase());
        await lab.Cluster.StartAsync(1);
        await lab.CallAsync();
        // In the order of the addresses the one that is called has the even shards beside the one, and the odd ones beside the other.
        bool areSomeOdd = lab.Holder.Node.IkeSas.Any(ikeSa => ikeSa.Session.Shard % 2 == 1);
        lab.Addresses = _ => [IPAddress.Loopback, IPAddress.Parse(areSomeOdd ? "127.0.0.2" : "127.0.0.0")];
        ClusterNode first = await lab.Cluster.AddAsync();
        await lab.Cluster.AwaitMembersAsync(2);
        await HandOverAsync(lab, lab.Cluster.Nodes[0], first);
        await lab.Cluster.Nodes[0].Node.StopAsync();
        lab.Cluster.Nodes[0].IsDead = true;

        // The other address goes to the next, with shards that have tunnels of this one.
        ClusterNode second = await lab.Cluster.AddAsync();
        await lab.Cluster.AwaitMembersAsync(2);
        await lab.UntilAsync(() => lab.Cluster.Living.All(node => node.Node.Context.Addresses.Here.Count == 1 && ShardsOf(node) == SessionId.ShardCount / 2), "each has an address and its shards");
        ClusterNode keeper = lab.Other;
        Assert.NotEqual(0, DrainLab.EstablishedAt(keeper));
        await lab.UntilAsync(() => HasAllData(lab.Holder), "the data are where the address is");

        // This address goes to another node. They stay, and their data follow.
        ClusterNode former = lab.Holder, third = await lab.Cluster.AddAsync();
        await lab.UntilAsync(() => third.Node.Context.Addresses.Holders.Count == 2, "the coordinator has heard of the third");
        DrainOutcome outcome = await third.Node.DrainAsync(former.Name, new DrainWish(), Cancel);
        Assert.True(outcome.IsDone, outcome.Text);
        await lab.UntilAsync(() => lab.HasAddress(third) && HasAllData(third) && former.Kernel.DumpSas().Count == 0, "the data have followed");
        Assert.NotEqual(0, DrainLab.EstablishedAt(keeper));
        // Those of this address's own shards follow it, in the seconds after it.
        await lab.UntilAsync(() => DrainLab.EstablishedAt(keeper) + DrainLab.EstablishedAt(third) == DrainLab.Tunnels, "all have come");
        lab.AssertNobodyAuthenticatedAnew();

        bool HasAllData(ClusterNode node) => DrainLab.Has(node.Kernel, lab.SpisOfPeer) && node.Kernel.DumpSas().Count == 2 * DrainLab.Tunnels
            && lab.Cluster.Living.Where(other => other != node).All(other => other.Kernel.DumpSas().Count == 0);
    }

    private static int ShardsOf(ClusterNode node) => node.Node.Context.Shards.Current.Count;

    private static async Task HandOverAsync(DrainLab lab, ClusterNode from, ClusterNode to)
    {
        await lab.UntilAsync(() => lab.HasAddress(from) && DrainLab.EstablishedAt(from) == DrainLab.Tunnels, $"{from.Name} has all");
        // Who was handed over before is rekeying its children meanwhile.
        IReadOnlySet<uint> spis = lab.Spis;
        bool? wasReady = null, wasKept = null;
        lab.OnArrival(name =>
        {
            if (name != to.Name) return;
            wasReady = DrainLab.HasMostOf(to.Kernel, spis);
            wasKept = DrainLab.HasMostOf(from.Kernel, spis);
        });

        DrainOutcome outcome = await to.Node.DrainAsync(from.Name, new DrainWish(), Cancel);
        Assert.True(outcome.IsDone, outcome.Text);
        Assert.Equal((DrainLab.Tunnels, 0), (outcome.HandedOver, outcome.Left));
        Assert.True(wasReady);
        Assert.True(wasKept);
        Assert.Equal(DrainState.Drained, from.Node.Context.Drain);
        await lab.UntilAsync(() => from.Kernel.DumpSas().Count == 0 && from.Node.Context.Shards.Current.IsEmpty, $"{from.Name} is empty");
        await lab.RekeyAllAsync(to);
    }
}
