using Akka.TestKit;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Kernel;

public class KernelActorTests : ActorFixture
{
    private static readonly GetSpi Get = new(Samples.Local.Address, Samples.Remote.Address, ChildMode.Tunnel, 1);

    [Fact]
    public async Task Requests_are_answered_in_the_order_they_came()
    {
        TestProbe[] owners = [.. Enumerable.Range(0, 20).Select(i => CreateTestProbe($"owner-{i}"))];
        foreach (TestProbe owner in owners)
        {
            KernelActor.Tell(Get, owner);
            uint spi = Expect<SpiAllocated>(owner).Spi;
            KernelActor.Tell(new InstallSas(Samples.Parameters(peerSpi: spi + 1), Samples.Child(), spi, 1), owner);
        }

        foreach (TestProbe owner in owners) Expect<SasInstalled>(owner);
        SaSpec[] added = [.. Kernel.History.Select(call => call.Request).OfType<AddSa>().Select(add => add.Sa).Where(sa => sa.ReqId == 1)];

        // One transaction at a time: inbound and outbound of the same child always follow each other.
        Assert.Equal(40, added.Length);
        Assert.All(added.Chunk(2), pair => Assert.Equal((XfrmDirection.In, XfrmDirection.Out), (pair[0].Direction, pair[1].Direction)));
        foreach (TestProbe owner in owners)
        {
            KernelActor.Tell(new RemoveSas(), owner);
            Expect<SasRemoved>(owner);
        }

        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_request_that_waited_too_long_is_refused_and_never_reaches_the_kernel()
    {
        TestProbe owner = CreateTestProbe("owner");
        await CountsAsync();
        int before = Kernel.History.Count;
        ChildSaParameters parameters = Samples.Parameters();

        KernelActor.Tell(new InstallSas(parameters, Samples.Child(), 0xc0000001, 1) { Deadline = TimeSpan.Zero }, owner);

        Refusal refusal = Expect<KernelRefusal>(owner).Refusal;
        Assert.Equal((Errno.ETIMEDOUT, RefusalCause.Transient), (refusal.Error, refusal.Cause));
        Assert.Equal(before, Kernel.History.Count);
        Assert.Throws<ObjectDisposedException>(() => parameters.Keys.EncryptionInitiator.Span.Length);
        await AssertNothingLeftAsync();
    }

    // F6: the outcome of a lost answer is not known; nothing may be left either way.
    [Theory]
    [InlineData(XfrmStep.InboundSa)]
    [InlineData(XfrmStep.OutboundSa)]
    [InlineData(XfrmStep.ForwardPolicy)]
    public async Task A_lost_answer_leaves_nothing(XfrmStep step)
    {
        TestProbe owner = CreateTestProbe("owner");
        await CountsAsync();
        Kernel.LoseAnswer(step);
        KernelActor.Tell(Get, owner);
        uint spi = Expect<SpiAllocated>(owner).Spi;
        KernelActor.Tell(new InstallSas(Samples.Parameters(), Samples.Child(), spi, 1), owner);

        Assert.Equal(RefusalCause.Transient, Expect<KernelRefusal>(owner).Refusal.Cause);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Removing_twice_and_removing_nothing_succeed()
    {
        TestProbe owner = CreateTestProbe("owner");
        KernelActor.Tell(new RemoveSas(), owner);
        KernelActor.Tell(new RemoveSas(), owner);

        Expect<SasRemoved>(owner);
        Expect<SasRemoved>(owner);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Two_owners_of_one_selector_share_its_policies()
    {
        TestProbe first = CreateTestProbe("first"), second = CreateTestProbe("second");
        Install(first);
        Install(second);
        Assert.Equal(new TableCounts(0, 4, 3, 0), await CountsAsync());

        KernelActor.Tell(new RemoveSas(), first);
        Expect<SasRemoved>(first);
        Assert.Equal(new TableCounts(0, 2, 3, 0), await CountsAsync());
        KernelActor.Tell(new RemoveSas(), second);
        Expect<SasRemoved>(second);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Its_end_sweeps_everything()
    {
        Install(CreateTestProbe("first"));
        Install(CreateTestProbe("second"));
        Assert.NotEmpty(Kernel.DumpSas());

        Watch(KernelActor);
        Sys.Stop(KernelActor);
        await ExpectTerminatedAsync(KernelActor, TimeSpan.FromSeconds(20), cancellationToken: Cancel);

        Assert.Empty(Kernel.DumpSas());
        Assert.Empty(Kernel.DumpPolicies());
    }

    private void Install(TestProbe owner)
    {
        KernelActor.Tell(Get, owner);
        uint spi = Expect<SpiAllocated>(owner).Spi;
        KernelActor.Tell(new InstallSas(Samples.Parameters(peerSpi: spi + 1), Samples.Child(), spi, 1), owner);
        Expect<SasInstalled>(owner);
    }

    private static T Expect<T>(TestProbe owner) => owner.ExpectMsg<T>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);
}

public class KernelProbeTests : ActorFixture
{
    public KernelProbeTests()
        : base(new NodeOptions { KernelProbePeriod = TimeSpan.FromMilliseconds(100) })
    {
    }

    [Fact]
    public async Task A_refused_algorithm_is_noticed_and_its_recovery_is_published()
    {
        TestProbe waiting = CreateTestProbe("waiting");
        Sys.EventStream.Subscribe(waiting, typeof(KernelRecovered));
        await CountsAsync();
        Assert.Empty(Node.Capabilities.Current.Refused);

        TestProbe owner = CreateTestProbe("owner");
        Kernel.Refuse(request => request is AddSa { Sa.Algorithms.Aead: not null }, Errno.ENOSYS);
        KernelActor.Tell(new InstallSas(Samples.Parameters(), Samples.Child(), 0xc0000001, 1), owner);
        owner.ExpectMsg<KernelRefusal>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);
        Assert.Contains("rfc4106(gcm(aes)) 160", Node.Capabilities.Current.Refused);

        Kernel.ClearFaults();
        waiting.ExpectMsg<KernelRecovered>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);
        Assert.Empty(Node.Capabilities.Current.Refused);
        await AssertNothingLeftAsync();
    }
}
