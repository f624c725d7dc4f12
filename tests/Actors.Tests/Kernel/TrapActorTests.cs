using Akka.Actor;
using Akka.TestKit;
using Concentrator.Actors.Kernel;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Kernel;

/// <summary>Traps as the KernelActor keeps them: whom it asks, what it says, and what is left when their owner ends.</summary>
public class TrapActorTests : ActorFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task An_acquire_reaches_the_owner_in_ikes_words()
    {
        TestProbe owner = CreateTestProbe("owner");
        KernelActor.Tell(new SetTrap(Plan(), owner));
        owner.ExpectMsg<TrapSet>(Patience, cancellationToken: Cancel);

        Kernel.Raise(new Acquire(1, 77, new XfrmSelector(Host("10.1.0.1"), Host("10.2.0.1"), 1, 8, 0xffff, 0, 0xffff)));
        TrapSprung icmp = owner.ExpectMsg<TrapSprung>(Patience, cancellationToken: Cancel);
        Assert.Equal((TrafficSelector.Parse("10.1.0.1/32[icmp/8(0)]"), TrafficSelector.Parse("10.2.0.1/32[icmp/8(0)]")), (icmp.Packet.Local, icmp.Packet.Remote));

        Kernel.Raise(new Acquire(1, 77, new XfrmSelector(Host("10.1.0.1"), Host("10.2.0.1"), 6, 40001, 0xffff, 443, 0xffff)));
        TrapSprung tcp = owner.ExpectMsg<TrapSprung>(Patience, cancellationToken: Cancel);
        Assert.Equal((TrafficSelector.Parse("10.1.0.1/32[tcp/40001]"), TrafficSelector.Parse("10.2.0.1/32[tcp/443]")), (tcp.Packet.Local, tcp.Packet.Remote));

        Kernel.Raise(new Acquire(1, 78, new XfrmSelector(Host("10.1.0.1"), Host("10.2.0.1"))));
        await CountsAsync();
        owner.ExpectNoMsg(TimeSpan.Zero, Cancel);
        Sys.Stop(owner);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Selectors_that_xfrm_cannot_say_are_refused_by_name()
    {
        TestProbe owner = CreateTestProbe("owner");
        SelectorConfig ports = Samples.Net("10.2.0.0/24") with { Protocol = 6, StartPort = 5, EndPort = 9 };
        TrapPlan plan = Plan() with { Child = Plan().Child with { RemoteSelectors = [ports] } };
        KernelActor.Tell(new SetTrap(plan, owner));
        TrapRefused refused = owner.ExpectMsg<TrapRefused>(Patience, cancellationToken: Cancel);
        Assert.Equal((plan.Name, RefusalCause.Policy), (refused.Plan.Name, refused.Refusal.Cause));
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_trap_that_somebody_takes_is_told_and_one_that_is_removed_comes_back()
    {
        TestProbe owner = CreateTestProbe("owner");
        KernelActor.Tell(new SetTrap(Plan(), owner));
        owner.ExpectMsg<TrapSet>(Patience, cancellationToken: Cancel);
        PolicyKey outward = Kernel.DumpPolicies().Single(p => p.Key.Direction == XfrmDirection.Out).Key;

        Kernel.Execute(new DeletePolicy(outward));
        Kernel.Raise(new EventsLost());
        await AwaitAssertAsync(() => Assert.Contains(Kernel.DumpPolicies(), p => p.Key == outward), Patience, TimeSpan.FromMilliseconds(10), Cancel);

        Kernel.Execute(new DeletePolicy(outward));
        Seal? ours = Kernel.Seal;
        Kernel.Seal = Seal.Of("somebody else");
        Kernel.Execute(new AddPolicy(Foreign(outward)));
        Kernel.Seal = ours;
        Kernel.Raise(new EventsLost());
        Assert.Equal(Errno.EEXIST, owner.ExpectMsg<TrapRefused>(Patience, cancellationToken: Cancel).Refusal.Error);
        await AwaitAssertAsync(() => Assert.Equal(5u, Assert.Single(Kernel.DumpPolicies()).ReqId), Patience, TimeSpan.FromMilliseconds(10), Cancel);
    }

    private static PolicySpec Foreign(PolicyKey key) => new()
    {
        Selector = key.Selector,
        Direction = key.Direction,
        Mode = XfrmMode.Tunnel,
        TunnelSource = Samples.Local.Address,
        TunnelDestination = Samples.Remote.Address,
        ReqId = 5,
        Priority = 1,
    };

    private static System.Net.IPNetwork Host(string address) => System.Net.IPNetwork.Parse($"{address}/32");

    private static TrapPlan Plan()
    {
        ConnectionConfig connection = new()
        {
            Name = "sun",
            Proposals = [],
            Local = new AuthConfig(null),
            Remote = new AuthConfig(null),
            Children = [],
            RemoteAddresses = [new AddressRange(Samples.Remote.Address, Samples.Remote.Address)],
        };
        ChildConfig child = Samples.Child() with { LocalSelectors = [Samples.Net("10.1.0.0/24")], RemoteSelectors = [Samples.Net("10.2.0.0/24")] };
        return new TrapPlan(connection, child, Samples.Local.Address, Samples.Remote.Address, 77);
    }
}
