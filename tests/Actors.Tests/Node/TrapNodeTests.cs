using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>Traps from the kernel's ACQUIRE to the tunnel, between two whole nodes.</summary>
public class TrapNodeTests
{
    [Fact]
    public async Task A_trap_is_set_at_start_and_the_first_packet_brings_the_tunnel_up()
    {
        await using NodePair pair = await TrappedAsync();
        Assert.Empty(pair.Moon.IkeSas);
        uint reqId = Assert.Single(Trapped(pair)).ReqId;

        for (int i = 0; i < 50; i++) Ping(pair);
        await pair.InstalledAsync();

        Assert.Equal(2, pair.MoonKernel.DumpSas().Count);
        // The child has the trap's reqid, so its SA ends what the kernel noted of the ACQUIRE.
        Assert.Equal([reqId], pair.MoonKernel.DumpSas().Select(sa => sa.ReqId).Distinct());
        Assert.Single(NodePair.SentBy(pair.MoonEvents), sent => sent.StartsWith("IKE_SA_INIT request", StringComparison.Ordinal));
        Assert.DoesNotContain(NodePair.SentBy(pair.MoonEvents), sent => sent.StartsWith("CREATE_CHILD_SA", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_child_goes_the_trap_is_there_and_springs_again()
    {
        await using NodePair pair = await TrappedAsync();
        Ping(pair);
        await pair.InstalledAsync();
        int calls = pair.MoonKernel.History.Count;

        IkeSaSnapshot sun = Assert.Single(pair.Sun.IkeSas);
        pair.Sun.CloseChild(sun.Session, Assert.Single(sun.Children).ChildId);
        await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "closed by the peer");
        Assert.Equal(3, pair.MoonKernel.DumpPolicies().Count);
        Assert.DoesNotContain(pair.MoonKernel.History.Skip(calls), call => call.Request is DeletePolicy);

        Ping(pair);
        await pair.InstalledAsync();
        Assert.Single(pair.Moon.IkeSas);
        Assert.Equal(2, pair.MoonKernel.DumpSas().Count);
    }

    [Fact]
    public async Task A_trap_that_the_kernel_refuses_is_told_and_tried_again()
    {
        await using NodePair pair = new() { StartAction = ChildAction.Trap };
        pair.MoonKernel.Refuse(XfrmStep.ForwardPolicy, Errno.EINVAL, "as the test says", times: 2);
        await pair.StartAsync();

        KernelRefused refused = await pair.MoonEvents.NextAsync<KernelRefused>();
        Assert.Equal(("forward policy", "as the test says"), (refused.Step, refused.ExtAck));
        await pair.MoonEvents.NextAsync<KernelRefused>(what: "second refusal");
        await SetAsync(pair);
        Ping(pair);
        await pair.InstalledAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trap_follows_our_address_in_place(bool refusedAtFirst)
    {
        using ToldAddresses addresses = new(IPAddress.Loopback);
        await using NodePair pair = new()
        {
            StartAction = ChildAction.Trap,
            MoonConnection = connection => connection with { LocalAddresses = [] },
            MoonOptions = options => options with { ListenAddresses = [IPAddress.Any], Addresses = addresses },
        };
        await pair.StartAsync();
        await SetAsync(pair);
        IPAddress away = IPAddress.Parse("127.0.0.2");
        int calls = pair.MoonKernel.History.Count;
        if (refusedAtFirst) pair.MoonKernel.Refuse(request => request is UpdatePolicy { Policy.Direction: XfrmDirection.In }, Errno.ENOMEM, times: 2);

        addresses.Become(away);
        if (refusedAtFirst) await pair.MoonEvents.NextAsync<KernelRefused>(what: "refusal");
        while (!pair.MoonKernel.DumpPolicies().All(policy => away.Equals(policy.Key.Direction == XfrmDirection.Out ? policy.Tunnel?.Source : policy.Tunnel?.Destination)))
            await Task.Delay(10, TestContext.Current.CancellationToken);

        Assert.Equal(3, pair.MoonKernel.DumpPolicies().Count);
        Assert.DoesNotContain(pair.MoonKernel.History.Skip(calls), call => call.Request is DeletePolicy);
        Ping(pair);
        await pair.InstalledAsync();
        Assert.Equal(away, Assert.Single(pair.Sun.IkeSas).Remote!.Address);
    }

    [Fact]
    public async Task A_peer_that_cannot_be_reached_is_not_called_for_every_packet()
    {
        await using NodePair pair = await TrappedAsync();
        await pair.Sun.StopAsync();

        for (int i = 0; i < 20; i++) Ping(pair);
        await pair.MoonEvents.NextAsync<IkeSaEnded>(ended => ended.Reason == EndReason.PeerUnreachable, "the first attempt");
        Assert.Single(pair.MoonEvents.Seen.OfType<IkeSaEnded>());

        // Traffic has asked meanwhile: it is served after the back-off, once.
        Ping(pair);
        await pair.MoonEvents.NextAsync<IkeSaEnded>(ended => ended.Reason == EndReason.PeerUnreachable, "the second attempt");
        Assert.Equal(2, pair.MoonEvents.Seen.OfType<IkeSaEnded>().Count());
        Assert.Equal(3, pair.MoonKernel.DumpPolicies().Count);
        Assert.Empty(pair.MoonKernel.DumpSas());
    }

    [Fact]
    public async Task Traffic_for_a_child_uses_the_ike_sa_that_is_there()
    {
        await using NodePair pair = new() { MoonConnection = c => c with { Children = [c.Children[0], c.Children[1] with { StartAction = ChildAction.Trap }] } };
        await pair.EstablishAsync();
        await SetAsync(pair);

        pair.MoonKernel.Raise(new Acquire(0, Trapped(pair)[0].ReqId, Packet("10.1.1.1", "10.2.1.1")));
        await pair.InstalledAsync();

        Assert.Single(pair.Moon.IkeSas);
        Assert.Equal(4, pair.MoonKernel.DumpSas().Count);
    }

    [Fact]
    public async Task What_nobody_asked_the_kernel_to_trap_is_ignored()
    {
        await using NodePair pair = await TrappedAsync();
        pair.MoonKernel.Raise(new Acquire(0, 12345, Packet("10.1.0.1", "10.2.0.1")));
        pair.MoonKernel.Raise(new Expire(new SaId(System.Net.IPAddress.Loopback, 0), 12345, Hard: true));
        pair.MoonKernel.Raise(new Expire(new SaId(System.Net.IPAddress.Loopback, 0xc0001234), 12345, Hard: true));

        Ping(pair);
        await pair.InstalledAsync();
        Assert.Single(pair.Moon.IkeSas);
    }

    // No window in which clear text leaves: the policies change hands, they never go.
    [Fact]
    public async Task A_dead_peers_child_leaves_a_trap_where_dpd_action_says_so_and_traffic_calls_it_back()
    {
        await using NodePair pair = new()
        {
            MoonConnection = c => c with { DpdDelay = TimeSpan.FromMilliseconds(200), Children = [c.Children[0] with { DpdAction = ChildAction.Trap }] },
        };
        await pair.EstablishAsync();
        int calls = pair.MoonKernel.History.Count;
        Kill(pair);

        await pair.MoonEvents.NextAsync<IkeSaEnded>(ended => ended.Reason == EndReason.PeerUnreachable, "found dead");
        await SetAsync(pair);
        Assert.Empty(pair.MoonKernel.DumpSas());
        Assert.DoesNotContain(pair.MoonKernel.History.Skip(calls), call => call.Request is DeletePolicy);

        Ping(pair);
        await pair.InstalledAsync();
    }

    [Fact]
    public async Task A_dead_peer_is_called_anew_where_dpd_action_says_so()
    {
        await using NodePair pair = new()
        {
            MoonConnection = c => c with { DpdDelay = TimeSpan.FromMilliseconds(200), Children = [c.Children[0] with { DpdAction = ChildAction.Start }] },
        };
        await pair.EstablishAsync();
        Kill(pair);

        await pair.MoonEvents.NextAsync<IkeSaEnded>(ended => ended.Reason == EndReason.PeerUnreachable, "found dead");
        await pair.InstalledAsync();
        Assert.Single(pair.Moon.IkeSas);
    }

    [Fact]
    public async Task A_dead_peer_is_let_go_where_dpd_action_is_clear()
    {
        await using NodePair pair = new() { MoonConnection = c => c with { DpdDelay = TimeSpan.FromMilliseconds(200) } };
        await pair.EstablishAsync();
        Kill(pair);

        await pair.MoonEvents.NextAsync<IkeSaEnded>(ended => ended.Reason == EndReason.PeerUnreachable, "found dead");
        Assert.Empty(pair.Moon.IkeSas);
        Assert.Empty(pair.MoonKernel.DumpPolicies());
    }

    /// <summary>The peer forgets the IKE SA without a word.</summary>
    private static void Kill(NodePair pair) =>
        pair.Sun.Actors.Sessions.Tell(new DeliverInput(Assert.Single(pair.Sun.IkeSas).Session, new Abandon(EndReason.Replaced)), Akka.Actor.ActorRefs.NoSender);

    private static async Task<NodePair> TrappedAsync()
    {
        NodePair pair = await new NodePair { StartAction = ChildAction.Trap }.StartAsync();
        await SetAsync(pair);
        return pair;
    }

    private static Task SetAsync(NodePair pair) => Wait.UntilAsync(() => Trapped(pair).Count > 0);

    private static void Ping(NodePair pair) => pair.MoonKernel.Raise(new Acquire(0, pair.MoonKernel.DumpPolicies()[0].ReqId, Packet("10.1.0.1", "10.2.0.1")));

    /// <summary>Policies that no SA is behind.</summary>
    private static List<PolicyInfo> Trapped(NodePair pair) =>
        [.. pair.MoonKernel.DumpPolicies().Where(p => p.Key.Direction == XfrmDirection.Out && p.Spi == 0)];

    private static XfrmSelector Packet(string source, string destination) =>
        new(System.Net.IPNetwork.Parse($"{source}/32"), System.Net.IPNetwork.Parse($"{destination}/32"), 1, 8, 0xffff, 0, 0xffff);
}
