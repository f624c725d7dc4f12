using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Kernel;

/// <summary>The KernelActor looks at its kernel at start, from time to time, and when events were lost.</summary>
public sealed class ReconcilingTests : ActorFixture
{
    private const uint PeerSpi = 0xcafe0001;

    public ReconcilingTests()
        : base(new NodeOptions { ReconcilePeriod = TimeSpan.FromMilliseconds(100) })
    {
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_owner_of_a_missing_sa_is_told_within_a_period(bool inbound)
    {
        TestProbe owner = CreateTestProbe("owner");
        uint spi = Install(owner);
        Kernel.Execute(new DeleteSa(inbound ? new SaId(Samples.Local.Address, spi) : new SaId(Samples.Remote.Address, PeerSpi)));

        Assert.Equal(spi, Expect<SaLost>(owner).InboundSpi);
        owner.ExpectNoMsg(TimeSpan.FromMilliseconds(300), Cancel);
        KernelActor.Tell(new RemoveSas(), owner);
        Expect<SasRemoved>(owner);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_missing_policy_is_back_within_a_period_and_its_owner_hears_nothing()
    {
        TestProbe owner = CreateTestProbe("owner");
        Install(owner);
        foreach (PolicyInfo policy in Kernel.DumpPolicies()) Kernel.Execute(new DeletePolicy(policy.Key));

        await AwaitAssertAsync(() => Assert.Equal(3, Kernel.DumpPolicies().Count), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(10), Cancel);
        owner.ExpectNoMsg(TimeSpan.FromMilliseconds(200), Cancel);
        KernelActor.Tell(new RemoveSas(), owner);
        Expect<SasRemoved>(owner);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_a_former_life_left_goes_and_what_is_anothers_stays()
    {
        await CountsAsync();
        SaId stale = new(Samples.Local.Address, 0xc0000042), foreign = new(Samples.Local.Address, 0xc0000043);
        Seal? ours = Kernel.Seal;
        Kernel.Execute(new AddSa(Sa(stale.Spi)));
        Kernel.Seal = null;
        Kernel.Execute(new AddSa(Sa(foreign.Spi)));
        Kernel.Seal = ours;

        await AwaitAssertAsync(() => Assert.Equal(foreign, Assert.Single(Kernel.DumpSas()).Id), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(10), Cancel);
        Assert.Equal(new TableCounts(0, 0, 0, 0), await CountsAsync());
    }

    [Fact]
    public async Task A_policy_that_resists_is_taken_up_again_at_once_and_not_at_the_next_tidying()
    {
        TestProbe owner = CreateTestProbe("owner");
        Install(owner);
        Kernel.Refuse(XfrmStep.Removal, Errno.ENOMEM, times: 12);
        KernelActor.Tell(new RemoveSas(), owner);
        Expect<SasRemoved>(owner);
        Assert.NotEqual(0, (await CountsAsync()).Quarantined);
        await AssertNothingLeftAsync();
    }

    private static SaSpec Sa(uint spi) => new()
    {
        Source = Samples.Remote.Address,
        Destination = Samples.Local.Address,
        Spi = spi,
        Mode = XfrmMode.Tunnel,
        Direction = XfrmDirection.In,
        ReqId = 0x4000_0001,
        Algorithms = EspAlgorithms.AesGcm16(new byte[20]),
    };

    private uint Install(TestProbe owner)
    {
        KernelActor.Tell(new GetSpi(Samples.Local.Address, Samples.Remote.Address, Ike.Configuration.ChildMode.Tunnel, 1), owner);
        uint spi = Expect<SpiAllocated>(owner).Spi;
        KernelActor.Tell(new InstallSas(Samples.Parameters(peerSpi: PeerSpi), Samples.Child(), spi, 1), owner);
        Expect<SasInstalled>(owner);
        return spi;
    }

    private static T Expect<T>(TestProbe owner) => owner.ExpectMsg<T>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);
}

/// <summary>Events were lost, and the next look is far away.</summary>
public sealed class LostEventsTests : ActorFixture
{
    [Fact]
    public async Task Nothing_that_was_missed_stays_missed()
    {
        await CountsAsync();
        TestProbe gone = CreateTestProbe("gone"), expiring = CreateTestProbe("expiring"), well = CreateTestProbe("well");
        uint goneSpi = Install(gone, 0xcafe0001), expiringSpi = Install(expiring, 0xcafe0002);
        Install(well, 0xcafe0003);
        Kernel.Execute(new DeleteSa(new SaId(Samples.Local.Address, goneSpi)));
        Kernel.Carry(new SaId(Samples.Local.Address, expiringSpi), 1_000_000, 1000);

        Kernel.Raise(new EventsLost());
        Kernel.Raise(new EventsLost());

        Assert.Equal(goneSpi, gone.ExpectMsg<SaLost>(TimeSpan.FromSeconds(20), cancellationToken: Cancel).InboundSpi);
        Assert.Equal(expiringSpi, expiring.ExpectMsg<SaExpiresSoon>(TimeSpan.FromSeconds(20), cancellationToken: Cancel).InboundSpi);
        foreach (TestProbe owner in new[] { gone, expiring, well })
        {
            owner.ExpectNoMsg(TimeSpan.FromMilliseconds(50), Cancel);
            KernelActor.Tell(new RemoveSas(), owner);
            owner.ExpectMsg<SasRemoved>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);
        }

        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_kernel_that_cannot_be_read_is_looked_at_again_later()
    {
        await CountsAsync();
        using SilentKernel kernel = new(Kernel);
        IActorRef actor = Sys.ActorOf(Concentrator.Actors.Kernel.KernelActor.Props(Node, kernel).WithDispatcher(ClusterSettings.KernelDispatcher));
        kernel.IsSilent = true;
        kernel.Raise(new EventsLost());
        Assert.Equal(new TableCounts(0, 0, 0, 0), await actor.Ask<TableCounts>(CountEntries.Instance, TimeSpan.FromSeconds(20), Cancel));
        kernel.IsSilent = false;
        int looks = kernel.Looks;
        kernel.Raise(new EventsLost());
        await AwaitAssertAsync(() => Assert.True(kernel.Looks > looks), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(10), Cancel);
        await actor.GracefulStop(TimeSpan.FromSeconds(20));
    }

    private uint Install(TestProbe owner, uint peerSpi)
    {
        KernelActor.Tell(new GetSpi(Samples.Local.Address, Samples.Remote.Address, Ike.Configuration.ChildMode.Tunnel, 1), owner);
        uint spi = owner.ExpectMsg<SpiAllocated>(TimeSpan.FromSeconds(20), cancellationToken: Cancel).Spi;
        Ike.Session.ChildSaParameters parameters = Samples.Parameters(peerSpi: peerSpi) with { Limits = new(SoftBytes: 1_000_000, HardBytes: 2_000_000) };
        KernelActor.Tell(new InstallSas(parameters, Samples.Child(), spi, 1), owner);
        owner.ExpectMsg<SasInstalled>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);
        return spi;
    }

    /// <summary>A kernel whose tables cannot be read for a while.</summary>
    private sealed class SilentKernel(MemoryXfrmBackend inner) : IXfrmBackend
    {
        private int _looks;

        public bool IsSilent { get; set; }

        public int Looks => Volatile.Read(ref _looks);

        public string Name => inner.Name;

        public UdpSocketOptions SocketOptions(bool isNatPort) => inner.SocketOptions(isNatPort);

        public event Action<XfrmEvent>? EventReceived;

        public void Execute(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies) => inner.Execute(requests, replies);

        public IReadOnlyList<SaInfo> DumpSas()
        {
            if (IsSilent) throw new XfrmException(Errno.ENOMEM, "no memory for a dump");
            Interlocked.Increment(ref _looks);
            return inner.DumpSas();
        }

        public IReadOnlyList<PolicyInfo> DumpPolicies() => inner.DumpPolicies();

        public void Raise(XfrmEvent told) => EventReceived?.Invoke(told);

        public void Dispose()
        {
        }
    }
}
