using System.Net;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>MOBIKE from the host's addresses to the kernels of both ends, over loopback: moon moves from 127.0.0.1 to 127.0.0.2.</summary>
public sealed class MobikeNodesTests
{
    private static readonly IPAddress Home = IPAddress.Loopback, Away = IPAddress.Parse("127.0.0.2");

    [Fact]
    public async Task Where_moon_goes_both_kernels_follow()
    {
        using ToldAddresses addresses = new(Home);
        await using NodePair pair = await Pair(addresses).EstablishAsync();
        addresses.Become(Away);
        foreach (EventLog events in new[] { pair.MoonEvents, pair.SunEvents })
            await events.NextAsync<KernelCalled>(call => call.Call.StartsWith("MoveSas", StringComparison.Ordinal), "move");
        AssertAt(pair.MoonKernel, Away);
        AssertAt(pair.SunKernel, Away);
        Assert.Equal(Away, Assert.Single(pair.Sun.IkeSas).Remote!.Address);
        IkeSaMoved moved = Assert.Single(pair.SunEvents.Seen.OfType<IkeSaMoved>());
        Assert.Equal((Home, Home), (moved.FormerRemote.Address, moved.FormerLocal.Address));
        Assert.Single(pair.MoonEvents.Seen.OfType<IkeSaMoved>());
        Assert.Contains(NodePair.SentBy(pair.SunEvents), sent => sent.EndsWith("request 0 [ N(COOKIE2) ]", StringComparison.Ordinal));
        Assert.Equal(new TableCounts(0, 2, 3, 0), (await pair.Sun.GetSnapshotAsync(TestContext.Current.CancellationToken)).Kernel);
        Assert.Equal(new TableCounts(0, 2, 3, 0), (await pair.Moon.GetSnapshotAsync(TestContext.Current.CancellationToken)).Kernel);
    }

    // F4
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kernel_that_refuses_the_move_loses_the_child_and_a_new_one_takes_its_place(bool moons)
    {
        using ToldAddresses addresses = new(Home);
        await using NodePair pair = await Pair(addresses).EstablishAsync();
        uint before = pair.Moon.IkeSas[0].Children[0].InboundSpi;
        (moons ? pair.MoonKernel : pair.SunKernel).Refuse(request => request is ReadSa, Errno.EPERM, times: 1);
        addresses.Become(Away);
        await (moons ? pair.MoonEvents : pair.SunEvents).NextAsync<KernelRefused>(refused => refused.Errno == Errno.EPERM, "refusal");
        if (moons)
        {
            await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == Concentrator.Actors.ChildSa.ChildSaState.Installed, "a new child");
            AssertAt(pair.MoonKernel, Away);
            Assert.NotEqual(before, Assert.Single(pair.Moon.IkeSas[0].Children).InboundSpi);
        }
        else
        {
            // Moon's configuration does not say to build it anew when the peer closes it.
            await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == Concentrator.Actors.ChildSa.ChildSaState.Destroying, "the child's end");
            Assert.Empty(pair.SunKernel.DumpSas());
            Assert.Empty(pair.MoonKernel.DumpSas());
        }

        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Sun.IkeSas).State);
    }

    private static NodePair Pair(ToldAddresses addresses) => new()
    {
        MoonConnection = connection => connection with { Mobike = true },
        SunConnection = connection => connection with { Mobike = true },
        MoonOptions = options => options with { ListenAddresses = [IPAddress.Any], Addresses = addresses },
        SunOptions = options => options with { ListenAddresses = [IPAddress.Any] },
    };

    private static void AssertAt(MemoryXfrmBackend kernel, IPAddress address)
    {
        Assert.Equal(2, kernel.DumpSas().Count);
        Assert.All(kernel.DumpSas(), sa => Assert.Contains(address, new[] { sa.Source, sa.Id.Destination }));
        Assert.Equal(3, kernel.DumpPolicies().Count);
        Assert.All(kernel.DumpPolicies(), policy => Assert.Contains(address, new[] { policy.Tunnel?.Source, policy.Tunnel?.Destination }));
    }
}
