using System.Net;

namespace Concentrator.Actors.Tests.Clustering.Addresses;

/// <summary>Service addresses in virtual time: never twice, whatever happens, and soon everywhere they should be.</summary>
public class AddressLedgerTests
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 3)]
    [InlineData(3, 7)]
    [InlineData(5, 3)]
    public void Addresses_are_spread_evenly(int nodes, int addresses)
    {
        AddressWorld world = new(1, nodes, addresses);
        world.Run(Settled);
        AssertEven(world);
    }

    [Fact]
    public void A_node_that_dies_is_inherited_within_a_lease_and_the_others_keep_theirs()
    {
        AddressWorld world = new(2, 3, 6);
        world.Run(Settled);
        IPAddress[] kept = [.. world.Addresses.Where(address => world.HoldersOf(address).Single() != "n2")];
        world.Nodes[2].IsDead = true;
        TimeSpan died = world.Now;

        while (!world.Addresses.All(address => world.HoldersOf(address).Any(holder => holder != "n2")))
        {
            world.Run(AddressWorld.Step);
            Assert.All(kept, address => Assert.Single(world.HoldersOf(address)));
            Assert.True(world.Now - died < TimeSpan.FromSeconds(4.2), "it takes too long");
        }
    }

    // Nobody's address may lapse because the node that counts the leases has died.
    [Fact]
    public void When_the_coordinator_dies_the_others_keep_theirs_and_inherit_its_own()
    {
        AddressWorld world = new(3, 3, 6);
        world.Run(Settled);
        IPAddress[] kept = [.. world.Addresses.Where(address => world.HoldersOf(address).Single() != "n0")];
        world.Nodes[0].IsDead = true;
        TimeSpan died = world.Now;

        while (!world.Addresses.All(address => world.HoldersOf(address).Any(holder => holder != "n0")))
        {
            // The failure detector needs so long.
            if (world.Now - died > TimeSpan.FromSeconds(1.4))
                foreach (SimulatedNode node in world.Nodes) node.Coordinator = "n1";
            world.Run(AddressWorld.Step);
            Assert.All(kept, address => Assert.Single(world.HoldersOf(address)));
            Assert.True(world.Now - died < TimeSpan.FromSeconds(5.5), "it takes too long");
        }
    }

    // Shards begin where their address will be, while the dead holder's lease runs out.
    [Theory]
    [InlineData("n0")]
    [InlineData("n2")]
    public void Who_will_inherit_is_known_before_the_address_is_free(string victim)
    {
        AddressWorld world = new(6, 3, 3);
        world.Run(Settled);
        IPAddress orphan = world.Addresses.Single(address => world.HoldersOf(address).Single() == victim);
        world.Nodes.Single(node => node.Name == victim).IsDead = true;
        SimulatedNode other = world.Nodes.First(node => node.Name != victim);
        Assert.Empty(other.Heirs);
        TimeSpan died = world.Now;
        string? heir = null;
        while (!world.HoldersOf(orphan).Any(holder => holder != victim))
        {
            if (world.Now - died > TimeSpan.FromSeconds(1.4))
                foreach (SimulatedNode node in world.Nodes) node.Coordinator = "n0" == victim ? "n1" : "n0";
            world.Run(AddressWorld.Step);
            // Shards are allocated anew when the dead node is given up.
            if (world.Now - died > TimeSpan.FromSeconds(2.2)) heir ??= other.Heirs[orphan];
            Assert.True(world.Now - died < TimeSpan.FromSeconds(5.5), "it takes too long");
        }

        Assert.Equal(world.HoldersOf(orphan).Single(holder => holder != victim), heir);
        world.Run(TimeSpan.FromSeconds(1));
        Assert.Empty(other.Heirs);
    }

    [Fact]
    public void A_node_that_drains_hands_over_within_a_second_and_one_that_comes_gets_its_share()
    {
        AddressWorld world = new(4, 3, 6);
        world.Run(Settled);
        world.Nodes[1].Tenant.IsDraining = true;
        world.Run(TimeSpan.FromSeconds(1));
        Assert.All(world.Addresses, address => Assert.NotEqual("n1", world.HoldersOf(address).Single()));

        world.Nodes[1].Tenant.IsDraining = false;
        world.Run(TimeSpan.FromSeconds(2));
        AssertEven(world);
        world.Start("n3");
        world.Run(Settled);
        AssertEven(world);
    }

    [Fact]
    public void Who_hands_over_keeps_an_address_until_the_other_is_prepared_and_then_it_is_there_at_once()
    {
        AddressWorld world = new(14, 3, 6, handsOver: true) { Preparation = TimeSpan.FromSeconds(6) };
        world.Run(Settled);
        AssertEven(world);
        world.Nodes[1].Tenant.IsLeaving = true;
        // Longer than a lease: it is prolonged meanwhile.
        world.Run(TimeSpan.FromSeconds(5.5));
        Assert.Equal(2, world.Addresses.Count(address => world.HoldersOf(address).Single() == "n1"));

        TimeSpan without = TimeSpan.Zero;
        world.Run(TimeSpan.FromSeconds(2.5), () => without += world.Addresses.All(address => world.HoldersOf(address).Any()) ? TimeSpan.Zero : AddressWorld.Step);
        Assert.All(world.Addresses, address => Assert.NotEqual("n1", world.HoldersOf(address).Single()));
        Assert.True(without < TimeSpan.FromSeconds(0.6), $"some address was nowhere for {without.TotalSeconds:F2} s");

        world.Nodes[1].Tenant.IsLeaving = false;
        world.Preparation = TimeSpan.FromMilliseconds(100);
        world.Run(TimeSpan.FromSeconds(3));
        AssertEven(world);
    }

    [Fact]
    public void Who_leaves_and_has_nobody_to_go_to_keeps_what_it_has()
    {
        AddressWorld world = new(15, 1, 2, handsOver: true);
        world.Run(Settled);
        world.Nodes[0].Tenant.IsLeaving = true;
        world.Run(TimeSpan.FromSeconds(6));
        Assert.All(world.Addresses, address => Assert.Equal("n0", world.HoldersOf(address).Single()));
    }

    [Fact]
    public void Whoever_is_being_prepared_and_dies_is_followed_by_another()
    {
        AddressWorld world = new(16, 3, 3, handsOver: true) { Preparation = TimeSpan.FromSeconds(1) };
        world.Run(Settled);
        world.Nodes[0].Tenant.IsLeaving = true;
        world.Run(TimeSpan.FromSeconds(0.6));
        SimulatedNode chosen = world.Nodes.Single(node => node.Name == Assert.Single(world.Nodes[0].Preparing).Value.Node);
        chosen.IsDead = true;
        world.Run(TimeSpan.FromSeconds(8));
        Assert.All(world.Addresses, address => Assert.Equal(world.Nodes.Single(node => node.Name != "n0" && node != chosen).Name, world.HoldersOf(address).Single()));
    }

    [Fact]
    public void Half_of_the_nodes_without_the_other_have_nothing_after_a_lease()
    {
        AddressWorld world = new(5, 4, 4);
        world.Run(Settled);
        world.Connects = (from, to) => from is "n0" or "n1" == to is "n0" or "n1";
        foreach (SimulatedNode node in world.Nodes.Skip(2)) node.Coordinator = "n2";
        world.Run(TimeSpan.FromSeconds(5));
        Assert.All(world.Addresses, address => Assert.Empty(world.HoldersOf(address)));
    }

    // The coordinator itself stands still, comes back with a full inbox, and believes that nothing has happened.
    [Fact]
    public void A_coordinator_that_stood_still_gives_nothing_to_itself()
    {
        AddressWorld world = new(6, 3, 3);
        world.Run(Settled);
        world.Nodes[0].IsPaused = true;
        world.Run(TimeSpan.FromSeconds(1.2));
        foreach (SimulatedNode node in world.Nodes.Skip(1)) node.Coordinator = "n1";
        world.Run(TimeSpan.FromSeconds(8));
        Assert.All(world.Addresses, address => Assert.NotEqual("n0", world.HoldersOf(address).Single()));
        world.Nodes[0].IsPaused = false;
        world.Run(TimeSpan.FromSeconds(3));
        Assert.All(world.Addresses, address => Assert.NotEqual("n0", world.HoldersOf(address).Single()));
    }

    [Fact]
    public void Whatever_happens_no_address_is_on_two_nodes_and_in_the_end_each_is_on_one()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            Random chaos = new(seed);
            AddressWorld world = new(seed, 3 + 2 * (seed % 2), 1 + seed % 5) { Loss = seed % 3 * 0.1 };
            HashSet<(string, string)> cut = [];
            world.Connects = (from, to) => !cut.Contains((from, to));
            world.Run(TimeSpan.FromSeconds(40), () =>
            {
                if (chaos.NextDouble() > 0.02) return;
                SimulatedNode one = world.Nodes[chaos.Next(world.Nodes.Count)], other = world.Nodes[chaos.Next(world.Nodes.Count)];
                switch (chaos.Next(8))
                {
                    case 0: one.IsPaused = true; break;
                    case 1: foreach (SimulatedNode node in world.Nodes) node.IsPaused = false; break;
                    case 2: one.Coordinator = other.Name; break;
                    case 3: foreach (SimulatedNode node in world.Nodes) node.Coordinator = one.Name; break;
                    case 4: cut.Add((one.Name, other.Name)); break;
                    case 5: cut.Clear(); break;
                    case 6: one.Tenant.IsDraining = !one.Tenant.IsDraining; break;
                    default: world.LongestDelay = TimeSpan.FromMilliseconds(chaos.Next(1, 2000)); break;
                }
            });

            (world.Loss, world.LongestDelay) = (0, TimeSpan.FromMilliseconds(20));
            cut.Clear();
            foreach (SimulatedNode node in world.Nodes) (node.IsPaused, node.Coordinator, node.Tenant.IsDraining) = (false, "n0", false);
            world.Run(TimeSpan.FromSeconds(12));
            Assert.All(world.Addresses, address => Assert.True(world.HoldersOf(address).Count() == 1, $"seed {seed}: {address} is nowhere"));
        }
    }

    private static void AssertEven(AddressWorld world)
    {
        Assert.All(world.Addresses, address => Assert.Single(world.HoldersOf(address)));
        int[] counts = [.. world.Nodes.Select(node => world.Addresses.Count(node.KernelHas))];
        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
    }
}
