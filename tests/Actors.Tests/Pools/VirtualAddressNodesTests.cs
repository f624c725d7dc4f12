using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Tests.Pools;

/// <summary>Addresses inside the tunnel from one node to another, over loopback and with kernels in memory.</summary>
public sealed class VirtualAddressNodesTests
{
    private static readonly ConfigurationAttribute Dns = ConfigurationAttribute.Server(ConfigurationAttributeType.InternalIp4Dns, System.Net.IPAddress.Parse("10.2.0.53"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_has_an_address_of_the_pool_while_it_is_there_and_gets_it_again()
    {
        await using NodePair pair = await Pair("10.3.0.1-10.3.0.9", "0.0.0.0").EstablishAsync();

        Assert.Equal("10.3.0.1", Assert.Single(Assert.Single(pair.Moon.IkeSas).LocalVirtual).ToString());
        Assert.Equal("10.3.0.1", Assert.Single(Assert.Single(pair.Sun.IkeSas).RemoteVirtual).ToString());
        Assert.Contains(pair.MoonKernel.DumpPolicies(), p => p.Key.Selector.Source.ToString() == "10.3.0.1/32");
        PoolSnapshot pool = Assert.Single(await pair.Sun.Pools.GetAsync(withLeases: true, Cancel));
        Assert.Equal(("rw", (UInt128)9, 1, 0), (pool.Name, pool.Size, pool.Online, pool.Offline));
        LeaseSnapshot lease = Assert.Single(pool.Leases);
        Assert.Equal(("10.3.0.1", "moon.example.org", true), (lease.Address.ToString(), lease.Identity, lease.IsOnline));
        Assert.Contains("in use", await pair.Sun.Pools.UnloadAsync("rw", Cancel) ?? "", StringComparison.Ordinal);

        pair.Moon.Close(Assert.Single(pair.Moon.IkeSas).Session);
        await pair.SunEvents.NextAsync<IkeSaEnded>();
        pool = Assert.Single(await pair.Sun.Pools.GetAsync(withLeases: true, Cancel));
        Assert.Equal((0, 1, false), (pool.Online, pool.Offline, Assert.Single(pool.Leases).IsOnline));

        pair.Moon.Initiate("sun", "net");
        await pair.InstalledAsync();
        Assert.Equal("10.3.0.1", Assert.Single(Assert.Single(pair.Moon.IkeSas).LocalVirtual).ToString());
    }

    [Fact]
    public async Task A_full_pool_leaves_the_ike_sa_and_a_larger_one_brings_the_child()
    {
        await using NodePair pair = Pair("10.3.0.1-10.3.0.1", "0.0.0.0", "0.0.0.0");
        await pair.EstablishAsync();
        // Both were asked for, and one could be had.
        Assert.Single(Assert.Single(pair.Moon.IkeSas).LocalVirtual);

        EventLog events = new("second moon");
        Concentrator.Kernel.MemoryXfrmBackend kernel = new(firstSpi: 0xc9000000);
        await using ConcentratorNode second = await pair.StartMoonAsync(kernel, events, "star.example.org");
        await events.NextAsync<IkeSaHappened>(e => e.Event is ChildFailed { Notify: NotifyType.InternalAddressFailure }, "no address");
        Assert.Equal(IkeSaState.Established, Assert.Single(second.IkeSas).State);

        pair.Moon.Close(Assert.Single(pair.Moon.IkeSas).Session);
        await events.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "the address of who left");
        Assert.Equal("10.3.0.1", Assert.Single(Assert.Single(second.IkeSas).LocalVirtual).ToString());
    }

    [Fact]
    public async Task Pools_come_and_go_while_the_node_runs()
    {
        await using NodePair pair = await Pair("10.3.0.1-10.3.0.9", "0.0.0.0").StartAsync();
        await pair.InstalledAsync();
        Assert.Null(await pair.Sun.Pools.LoadAsync(Pool("other", "10.4.0.1-10.4.0.9"), Cancel));
        Assert.NotNull(await pair.Sun.Pools.LoadAsync(Pool("rw", "10.5.0.1-10.5.0.9"), Cancel));
        Assert.Null(await pair.Sun.Pools.LoadAsync(Pool("rw", "10.3.0.1-10.3.0.9") with { Attributes = [Dns, Dns] }, Cancel));
        Assert.Null(await pair.Sun.Pools.UnloadAsync("other", Cancel));
        Assert.NotNull(await pair.Sun.Pools.UnloadAsync("other", Cancel));
        Assert.Equal(["rw"], (await pair.Sun.Pools.GetAsync(withLeases: false, Cancel)).Select(p => p.Name));

        // The file was read anew, and has another pool: that of the peer who is there stays.
        await pair.Sun.ReconfigureAsync(config => config with { Pools = [Pool("fresh", "10.6.0.1-10.6.0.9")] }, Cancel);
        Assert.Equal(["rw", "fresh"], (await pair.Sun.Pools.GetAsync(withLeases: false, Cancel)).Select(p => p.Name));
    }

    private static PoolConfig Pool(string name, string range) => new(name, AddressRange.TryParse(range, out AddressRange? addresses) ? addresses : throw new FormatException(range), [Dns]);

    private static NodePair Pair(string range, params string[] wanted) => new()
    {
        SunGateway = gateway => gateway with { Pools = [Pool("rw", range)] },
        SunConnection = c => c with { Remote = new AuthConfig(null), Pools = ["rw"], Children = [.. c.Children.Select(child => child.Name == "net" ? child with { RemoteSelectors = [SelectorConfig.Dynamic] } : child)] },
        MoonConnection = c => c with
        {
            VirtualAddresses = [.. wanted.Select(System.Net.IPAddress.Parse)],
            Children = [.. c.Children.Select(child => child.Name == "net" ? child with { LocalSelectors = [SelectorConfig.Dynamic] } : child)],
        },
    };
}
