using Akka.TestKit;
using Concentrator.Actors.Kernel;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Kernel;

/// <summary>What the KernelActor says of the traffic of children: the ground of liveness checks and keepalives.</summary>
public class CountPacketsTests : ActorFixture
{
    [Fact]
    public void For_people_an_sa_is_asked_for_by_its_whole_name()
    {
        (TestProbe child, uint spi) = Install("child", 0xcafe0001);
        Kernel.Carry(new SaId(Samples.Remote.Address, 0xcafe0001), 900, 9);

        KernelActor.Tell(new CountTraffic([new SaId(Samples.Local.Address, 0xcafe0001), new SaId(Samples.Remote.Address, 0xcafe0001), new SaId(Samples.Local.Address, spi)]), child);

        SaInfo?[] sas = child.ExpectMsg<SaInfo?[]>(TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([null, 9UL, 0UL], sas.Select(sa => sa?.Packets));
    }

    [Fact]
    public void Each_child_has_its_own_counts_of_what_came_in_and_of_what_went_out()
    {
        (TestProbe first, uint firstSpi) = Install("first", 0xcafe0001);
        (TestProbe second, uint _) = Install("second", 0xcafe0002);
        Kernel.Carry(new SaId(Samples.Local.Address, firstSpi), 500, 5);
        Kernel.Carry(new SaId(Samples.Remote.Address, 0xcafe0002), 900, 9);

        Assert.Equal(new Dictionary<uint, PacketCount> { [1] = new(5, 0), [2] = new(0, 9) }, Count((1, first), (2, second)).Packets);
    }

    [Fact]
    public void What_has_no_sa_or_is_none_of_ours_is_absent()
    {
        (TestProbe child, uint spi) = Install("child", 0xcafe0001);
        TestProbe stranger = CreateTestProbe("stranger");
        Kernel.Refuse(request => request is GetSa get && get.Id.Spi == spi, Errno.ESRCH);

        Assert.Empty(Count((1, child), (2, stranger)).Packets);
    }

    [Fact]
    public void What_does_not_send_any_more_has_sent_nothing()
    {
        (TestProbe child, uint spi) = Install("child", 0xcafe0001);
        Kernel.Carry(new SaId(Samples.Local.Address, spi), 500, 5);
        KernelActor.Tell(new RetireSas(), child);
        child.ExpectMsg<SasRetired>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);

        Assert.Equal(new PacketCount(5, 0), Count((1, child)).Packets[1]);
    }

    [Fact]
    public async Task A_question_that_is_too_old_is_not_put_to_the_kernel()
    {
        (TestProbe child, uint _) = Install("child", 0xcafe0001);
        TestProbe asking = CreateTestProbe("asking");
        int calls = Kernel.History.Count;

        KernelActor.Tell(new CountPackets(new Dictionary<uint, Akka.Actor.IActorRef> { [1] = child.Ref }, TimeSpan.Zero), asking);
        await CountsAsync();

        Assert.Equal(calls, Kernel.History.Count);
        asking.ExpectNoMsg(TimeSpan.Zero, Cancel);
    }

    private TrafficCounted Count(params (uint Id, TestProbe Child)[] children)
    {
        TestProbe asking = CreateTestProbe();
        KernelActor.Tell(new CountPackets(children.ToDictionary(c => c.Id, c => c.Child.Ref), TimeSpan.MaxValue), asking);
        return asking.ExpectMsg<TrafficCounted>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);
    }

    private (TestProbe Child, uint InboundSpi) Install(string name, uint peerSpi)
    {
        TestProbe child = CreateTestProbe(name);
        KernelActor.Tell(new GetSpi(Samples.Local.Address, Samples.Remote.Address, ChildMode.Tunnel, 1), child);
        uint spi = child.ExpectMsg<SpiAllocated>(TimeSpan.FromSeconds(20), cancellationToken: Cancel).Spi;
        KernelActor.Tell(new InstallSas(Samples.Parameters(peerSpi: peerSpi), Samples.Child(), spi, 1), child);
        child.ExpectMsg<SasInstalled>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);
        return (child, spi);
    }
}
