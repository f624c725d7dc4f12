using Akka.Actor;
using Akka.TestKit;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.ChildSa;

/// <summary>A CHILD_SA actor against a real KernelActor: what the kernel says, and what the IKE SA is told.</summary>
public class ChildSaActorTests : ActorFixture
{
    private static readonly ReserveSpi Reserve = new(Samples.Local.Address, Samples.Remote.Address);
    private readonly TestProbe _ikeSa;

    public ChildSaActorTests() => _ikeSa = CreateTestProbe("ike-sa");

    // Row S1
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_installed_child_has_two_sas_and_three_policies_until_it_is_removed(bool isInitiator)
    {
        IActorRef child = Start(Samples.Plan(isInitiator));
        uint spi = Install(child, isInitiator);

        ChildInstalled installed = Expect<ChildInstalled>();
        Assert.Equal(new TableCounts(0, 2, 3, 0), await CountsAsync());
        Assert.True(spi == 0 || spi == installed.InboundSpi);

        child.Tell(new RemoveChild("over"), _ikeSa);
        Expect<ChildRemoved>();
        ExpectStopped(child);
        await AssertNothingLeftAsync();
    }

    // Rows S2, S3 and S6, and libreswan's impair-install-ipsec-sa-*: every step, either role, either exchange.
    public static TheoryData<XfrmStep, bool, ExchangeType, int> EveryRefusal()
    {
        XfrmStep[] steps = [XfrmStep.InboundSa, XfrmStep.OutboundSa, XfrmStep.OutboundPolicy, XfrmStep.InboundPolicy, XfrmStep.ForwardPolicy];
        int[] errors = [Errno.EPROTONOSUPPORT, Errno.ENOSYS, Errno.EINVAL, Errno.ENOMEM, Errno.ENOBUFS, Errno.ETIMEDOUT];
        TheoryData<XfrmStep, bool, ExchangeType, int> cases = [];
        foreach (XfrmStep step in steps)
        {
            foreach (bool isInitiator in new[] { true, false })
            {
                foreach (ExchangeType exchange in new[] { ExchangeType.IkeAuth, ExchangeType.CreateChildSa })
                {
                    foreach (int error in errors) cases.Add(step, isInitiator, exchange, error);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryRefusal))]
    public async Task A_refusal_leaves_nothing_and_comes_back_as_a_verdict(XfrmStep step, bool isInitiator, ExchangeType exchange, int error)
    {
        await CountsAsync();
        Kernel.Refuse(step, error);
        IActorRef child = Start(Samples.Plan(isInitiator, exchange));
        uint spi = Install(child, isInitiator);

        RefusalVerdict verdict = Expect<ChildRefused>().Verdict;

        Assert.Equal(isInitiator ? spi : null, verdict.DeleteSpi);
        Assert.Equal(isInitiator ? null : NotifyFor(step, error, exchange), verdict.Notify);
        ExpectStopped(child);
        await AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_an_spi_there_is_no_child(bool isInitiator)
    {
        await CountsAsync();
        Kernel.Refuse(XfrmStep.Spi, Errno.ENOENT);
        IActorRef child = StartOnKernelThatAllocates(Samples.Plan(isInitiator));
        child.Tell(isInitiator ? Reserve : new InstallChild(Samples.Parameters()), _ikeSa);

        RefusalVerdict verdict = Expect<ChildRefused>().Verdict;

        Assert.Null(verdict.DeleteSpi);
        Assert.Equal(isInitiator ? null : NotifyType.NoProposalChosen, verdict.Notify);
        ExpectStopped(child);
    }

    [Fact]
    public async Task The_keys_are_zeroed_once_the_kernel_has_them()
    {
        ChildSaParameters parameters = Samples.Parameters();
        IActorRef child = Start(Samples.Plan(isInitiator: false));
        child.Tell(new InstallChild(parameters), _ikeSa);
        Expect<ChildInstalled>();

        Assert.Throws<ObjectDisposedException>(() => parameters.Keys.EncryptionInitiator.Span.Length);
        await RemoveAsync(child);
    }

    [Fact]
    public async Task A_command_that_comes_while_the_kernel_works_waits_for_its_turn()
    {
        IActorRef child = Start(Samples.Plan(isInitiator: false));
        child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);
        child.Tell(new RemoveChild("at once"), _ikeSa);

        Expect<ChildInstalled>();
        Expect<ChildRemoved>();
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_a_dying_child_leaves_is_swept()
    {
        IActorRef child = Start(Samples.Plan(isInitiator: false));
        child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);
        Expect<ChildInstalled>();
        Assert.Equal(2, Kernel.DumpSas().Count);

        Sys.Stop(child);

        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_reserved_spi_is_given_back_when_its_owner_dies()
    {
        IActorRef child = Start(Samples.Plan(isInitiator: true));
        child.Tell(Reserve, _ikeSa);
        Expect<SpiReserved>();
        Assert.Equal(1, (await CountsAsync()).Reservations);

        Sys.Stop(child);

        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_permanent_refusal_waits_for_the_kernel_only_when_no_other_proposal_remains()
    {
        await CountsAsync();
        Kernel.Refuse(request => request is AddSa { Sa.Algorithms.Aead: not null }, Errno.ENOSYS, "Requested AEAD algorithm not found");
        RefusalVerdict alone = Refuse(Samples.Child("net", "aes128gcm16"));
        RefusalVerdict withAnother = Refuse(Samples.Child("net", "aes128gcm16", "aes256-sha256"));

        Assert.Equal(RetryAdvice.WhenKernelRecovers, alone.Retry);
        Assert.Equal(RetryAdvice.BackOff, withAnother.Retry);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task An_sa_that_the_kernel_ended_is_closed_at_the_peer_too()
    {
        IActorRef child = Start(Samples.Plan(isInitiator: false));
        child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);
        uint spi = Expect<ChildInstalled>().InboundSpi;

        SaId id = new(Samples.Local.Address, spi);
        Kernel.Execute(new DeleteSa(id));
        Kernel.Raise(new Expire(id, 1, Hard: true));

        Assert.Equal(1u, Expect<ChildLost>().ChildId);
        await RemoveAsync(child);
    }

    // The larval SA timed out in the moment before its SPI was given a real one.
    [Fact]
    public async Task The_late_end_of_a_larval_sa_is_not_that_of_the_child()
    {
        IActorRef child = Start(Samples.Plan(isInitiator: false));
        child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);
        uint spi = Expect<ChildInstalled>().InboundSpi;

        Kernel.Raise(new Expire(new SaId(Samples.Local.Address, spi), 1, Hard: true));

        await CountsAsync();
        _ikeSa.ExpectNoMsg(TimeSpan.FromMilliseconds(100), Cancel);
        await RemoveAsync(child);
    }

    [Fact]
    public async Task After_lost_events_a_missing_sa_is_noticed()
    {
        IActorRef child = Start(Samples.Plan(isInitiator: false));
        child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);
        uint spi = Expect<ChildInstalled>().InboundSpi;
        Kernel.Execute(new DeleteSa(new SaId(Samples.Local.Address, spi)));

        Kernel.Raise(new EventsLost());

        Expect<ChildLost>();
        await RemoveAsync(child);
    }

    [Fact]
    public async Task What_cannot_be_removed_is_quarantined_and_removed_later()
    {
        IActorRef child = Start(Samples.Plan(isInitiator: false));
        child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);
        Expect<ChildInstalled>();
        Kernel.Refuse(XfrmStep.Removal, Errno.EINVAL);

        child.Tell(new RemoveChild("over"), _ikeSa);
        Expect<ChildRemoved>();
        Assert.Equal(5, (await CountsAsync()).Quarantined);

        Kernel.ClearFaults();
        Sys.Stop(KernelActor);
        await AwaitAssertAsync(() => Assert.Empty(Kernel.DumpSas()), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(10), Cancel);
        Assert.Empty(Kernel.DumpPolicies());
    }

    [Fact]
    public void A_kernel_actor_that_never_answers_does_not_hold_up_the_ike_sa()
    {
        TestProbe silent = CreateTestProbe("silent");
        NodeContext node = NodeOn(new NodeOptions { KernelDeadline = TimeSpan.FromMilliseconds(20) }, silent);
        IActorRef child = Start(node, Samples.Plan(isInitiator: false, ExchangeType.CreateChildSa));

        child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);

        Assert.Equal(NotifyType.TemporaryFailure, Expect<ChildRefused>().Verdict.Notify);
        ExpectStopped(child);
    }

    private RefusalVerdict Refuse(ChildConfig config)
    {
        IActorRef child = Start(Samples.Plan(isInitiator: true, config: config));
        Install(child, isInitiator: true);
        RefusalVerdict verdict = Expect<ChildRefused>().Verdict;
        ExpectStopped(child);
        return verdict;
    }

    private uint Install(IActorRef child, bool isInitiator)
    {
        if (!isInitiator)
        {
            child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);
            return 0;
        }

        child.Tell(Reserve, _ikeSa);
        uint spi = Expect<SpiReserved>().Spi;
        child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);
        return spi;
    }

    private IActorRef Start(ChildPlan plan) => Start(Node, plan);

    private IActorRef Start(NodeContext node, ChildPlan plan)
    {
        SessionId session = new(1);
        ChildSaBirth birth = new(plan, new ChildSaName("net", 1), new IkeSaName(session, "sun", 1), new SessionEntry(session), ReqId: 7);
        IActorRef child = _ikeSa.ChildActorOf(Concentrator.Actors.ChildSa.ChildSaActor.Props(node, birth), Cancel);
        Watch(child);
        return child;
    }

    /// <summary>The fixture's node chooses SPIs itself, which a kernel cannot refuse; this one asks it.</summary>
    private IActorRef StartOnKernelThatAllocates(ChildPlan plan)
    {
        NodeContext node = NodeOn(new NodeOptions { KernelAllocatesSpis = true }, ActorRefs.Nobody);
        IActorRef kernel = Sys.ActorOf(Concentrator.Actors.Kernel.KernelActor.Props(node, Kernel));
        return Start(NodeOn(node.Options, kernel), plan);
    }

    private NodeContext NodeOn(NodeOptions options, IActorRef kernel) => new(TimeProvider.System)
    {
        Options = options,
        Log = Node.Log,
        Minter = Node.Minter,
        Transport = Node.Transport,
        Session = Node.Session,
        Actors = new NodeActors(kernel, Connections, Router, Region),
    };

    private async Task RemoveAsync(IActorRef child)
    {
        child.Tell(new RemoveChild("over"), _ikeSa);
        Expect<ChildRemoved>();
        await AssertNothingLeftAsync();
    }

    private T Expect<T>() => _ikeSa.ExpectMsg<T>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);

    private void ExpectStopped(IActorRef child) => ExpectTerminated(child, TimeSpan.FromSeconds(20), cancellationToken: Cancel);

    private static NotifyType NotifyFor(XfrmStep step, int error, ExchangeType exchange)
    {
        bool isPassing = error is Errno.ENOMEM or Errno.ENOBUFS or Errno.ETIMEDOUT;
        if (isPassing) return exchange == ExchangeType.IkeAuth ? NotifyType.NoProposalChosen : NotifyType.TemporaryFailure;
        return step is XfrmStep.InboundSa or XfrmStep.OutboundSa ? NotifyType.NoProposalChosen : NotifyType.TsUnacceptable;
    }
}
