using System.Net;
using Akka.TestKit;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Kernel;

/// <summary>Children that come back before their actors do.</summary>
public sealed class RestoringTests : ActorFixture
{
    private static readonly SessionId Session = new(0x01_0000_0000_0001);

    [Fact]
    public async Task Traffic_comes_first_and_the_actor_then_owns_what_is_there()
    {
        SasRestored restored = await RestoreAsync(Child(1));
        Assert.Equal((1, 0), (restored.Installed, restored.Refused));
        Assert.Equal(new TableCounts(0, 2, 3, 0), await CountsAsync());
        int before = Kernel.History.Count;

        TestProbe actor = CreateTestProbe();
        KernelActor.Tell(new AdoptSas(Session, 1), actor);
        await actor.ExpectMsgAsync<SasInstalled>(cancellationToken: Cancel);
        Assert.Equal(before, Kernel.History.Count);

        KernelActor.Tell(new RemoveSas(), actor);
        await actor.ExpectMsgAsync<SasRemoved>(cancellationToken: Cancel);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_was_prepared_goes_on_as_it_is_unless_another_had_the_session_meanwhile()
    {
        await RestoreAsync(Child(1));
        Kernel.Advance(Kernel.DumpSas().Single(sa => sa.Id.Spi == 0xcafe0001).Id, new SaProgress(30, 0, [], 0, 0, 0, 0));
        await RestoreAsync(Child(1, sent: 1020));
        Assert.Equal(30UL, Kernel.DumpSas().Single(sa => sa.Id.Spi == 0xcafe0001).Sent);
        SasRestored restored = await RestoreAsync(Child(1, incarnation: 3, sent: 2020));
        Assert.Equal((1, 0), (restored.Installed, restored.Refused));
        Assert.Equal(2020UL, Kernel.DumpSas().Single(sa => sa.Id.Spi == 0xcafe0001).Sent);
        KernelActor.Tell(new ReleaseRestored(Session), TestActor);
        await AssertNothingLeftAsync();
    }

    /// <summary>A rekeying that ended between the preparation and the claim: what the old child leaves free the new one has by then, and no packet meets neither.</summary>
    [Fact]
    public async Task What_was_prepared_and_is_no_more_goes_when_the_others_are_there()
    {
        await RestoreAsync(Child(1), Child(2, spi: 0xc0000002, peerSpi: 0xcafe0002));
        int before = Kernel.History.Count;
        await RestoreAsync(Child(2, spi: 0xc0000002, peerSpi: 0xcafe0002, incarnation: 3), Child(3, spi: 0xc0000003, peerSpi: 0xcafe0003));
        XfrmRequest[] calls = [.. Kernel.History.Skip(before).Select(call => call.Request)];
        Assert.DoesNotContain(calls, call => call is DeletePolicy);
        int oldGone = Array.FindIndex(calls, call => call is DeleteSa { Id.Spi: 0xcafe0001 }), newThere = Array.FindLastIndex(calls, call => call is AddSa or UpdateSa);
        Assert.InRange(newThere, 0, oldGone - 1);
        Assert.Equal([0xc0000002, 0xc0000003, 0xcafe0002, 0xcafe0003], Kernel.DumpSas().Select(sa => sa.Id.Spi).Order());
        KernelActor.Tell(new ReleaseRestored(Session), TestActor);
        await AssertNothingLeftAsync();
    }

    /// <summary>It was prepared as the one that sends; by the claim it only receives, and another sends.</summary>
    [Fact]
    public async Task A_child_that_was_rekeyed_since_makes_room_when_the_new_one_is_there()
    {
        await RestoreAsync(Child(1));
        int before = Kernel.History.Count;
        SasRestored restored = await RestoreAsync(Child(1) with { IsRetired = true }, Child(2, spi: 0xc0000002, peerSpi: 0xcafe0002));
        Assert.Equal((2, 0), (restored.Installed, restored.Refused));
        XfrmRequest[] calls = [.. Kernel.History.Skip(before).Select(call => call.Request)];
        Assert.DoesNotContain(calls, call => call is DeletePolicy);
        int oldGone = Array.FindIndex(calls, call => call is DeleteSa { Id.Spi: 0xcafe0001 }), newThere = Array.FindIndex(calls, call => call is AddSa { Sa.Spi: 0xcafe0002 });
        Assert.InRange(newThere, 0, oldGone - 1);
        Assert.Single(Kernel.DumpSas().Select(sa => sa.ReqId).Distinct());
        Assert.Equal([0xc0000001, 0xc0000002, 0xcafe0002], Kernel.DumpSas().Select(sa => sa.Id.Spi).Order());
        KernelActor.Tell(new ReleaseRestored(Session), TestActor);
        await AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_brought_and_was_prepared_goes_on_as_it_was_prepared_unless_the_peer_is_elsewhere_by_now(bool hasMoved)
    {
        await RestoreAsync(Child(1, sent: 5000));
        Assert.True(XfrmMapping.TryMap(Child(1).Install!, "elsewhere", out ChildSaSpec? spec, out _));
        ChildSaSpec brought = spec with { Outbound = spec.Outbound with { Progress = new SaProgress(1000, 0, [], 0, 0, 0, 0) } };
        if (hasMoved)
        {
            IPAddress there = IPAddress.Parse("192.0.2.77");
            brought = brought with { Inbound = brought.Inbound with { Source = there }, Outbound = brought.Outbound with { Destination = there } };
        }

        TestProbe actor = CreateTestProbe();
        KernelUser user = new(new IkeSaName(Session, "net", 1), new ChildSaName("net", 1), null);
        KernelActor.Tell(new BringSas(brought, Hold: false) { User = user, Deadline = Node.Now + TimeSpan.FromSeconds(5) }, actor);
        await actor.ExpectMsgAsync<SasInstalled>(cancellationToken: Cancel);
        SaInfo outbound = Kernel.DumpSas().Single(sa => sa.Id.Spi == 0xcafe0001);
        Assert.Equal((brought.Outbound.Destination, hasMoved ? 1000UL : 5000UL), (outbound.Id.Destination, outbound.Sent));
        Assert.Equal(2, Kernel.DumpSas().Count);

        // The session ends here without having been taken over: what is the child's stays its own.
        KernelActor.Tell(new ReleaseRestored(Session), TestActor);
        await CountsAsync();
        Assert.Equal(2, Kernel.DumpSas().Count);
        KernelActor.Tell(new RemoveSas(), actor);
        await actor.ExpectMsgAsync<SasRemoved>(cancellationToken: Cancel);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_an_adopting_actor_leaves_is_swept()
    {
        await RestoreAsync(Child(1));
        TestProbe actor = CreateTestProbe();
        KernelActor.Tell(new AdoptSas(Session, 1), actor);
        await actor.ExpectMsgAsync<SasInstalled>(cancellationToken: Cancel);
        Sys.Stop(actor.Ref);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_refusal_is_told_to_the_actor_when_it_comes()
    {
        Kernel.Refuse(XfrmStep.OutboundSa, Errno.ENOMEM);
        SasRestored restored = await RestoreAsync(Child(1));
        Assert.Equal((0, 1), (restored.Installed, restored.Refused));
        TestProbe actor = CreateTestProbe();
        KernelActor.Tell(new AdoptSas(Session, 1), actor);
        KernelRefusal refused = await actor.ExpectMsgAsync<KernelRefusal>(cancellationToken: Cancel);
        Assert.Equal(Errno.ENOMEM, refused.Refusal.Error);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_child_of_which_nothing_came_back_is_told_so()
    {
        TestProbe actor = CreateTestProbe();
        KernelActor.Tell(new AdoptSas(Session, 1), actor);
        Assert.Equal(Errno.ESRCH, (await actor.ExpectMsgAsync<KernelRefusal>(cancellationToken: Cancel)).Refusal.Error);
    }

    [Fact]
    public async Task What_nobody_adopts_goes_when_it_is_released()
    {
        await RestoreAsync(Child(1), Child(2, spi: 0xc0000002), new RestorableChild(Session, 1, 3, null, 0xc0000003, Samples.Local.Address, false, 0, 0, 0));
        KernelActor.Tell(new ReleaseRestored(Session), TestActor);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Children_of_one_configuration_have_one_reqid_that_of_the_kernel_where_it_has_one()
    {
        // A former life, whose seal is ours.
        Assert.True(Kernel.Execute(new AddSa(new SaSpec
        {
            Source = Samples.Local.Address,
            Destination = Samples.Remote.Address,
            Spi = 0xcafe0001,
            Mode = XfrmMode.Tunnel,
            Direction = XfrmDirection.Out,
            ReqId = 77,
            Algorithms = EspAlgorithms.AesGcm16(new byte[20]),
        })).Succeeded);
        SasRestored restored = await RestoreAsync(Child(1), Child(2, spi: 0xc0000002, peerSpi: 0xcafe0002));
        Assert.Equal(2, restored.Installed);
        Assert.Equal(77u, restored.ReqIds[(Session, "net")]);
        Assert.All(Kernel.DumpSas(), sa => Assert.Equal(77u, sa.ReqId));
        KernelActor.Tell(new ReleaseRestored(Session), TestActor);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task The_keys_are_zeroed_whatever_comes_of_it()
    {
        RestorableChild good = Child(1), bad = Child(2);
        await RestoreAsync(good, bad);
        foreach (RestorableChild child in (RestorableChild[])[good, bad])
            Assert.Throws<ObjectDisposedException>(() => child.Install!.Parameters.Keys.EncryptionInitiator.Span.Length);
        KernelActor.Tell(new ReleaseRestored(Session), TestActor);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Ten_thousand_old_ones_do_not_keep_a_new_one_waiting()
    {
        await CountsAsync();
        RestorableChild[] old = [.. Enumerable.Range(0, 10_000).Select(OneOfMany)];
        KernelActor.Tell(new RestoreSas(old, Cancel), TestActor);
        TestProbe newcomer = CreateTestProbe();
        KernelActor.Tell(new GetSpi(Samples.Local.Address, Samples.Remote.Address, Ike.Configuration.ChildMode.Tunnel, 1) { Deadline = Node.Now + TimeSpan.FromSeconds(5) }, newcomer);
        await newcomer.ExpectMsgAsync<SpiAllocated>(cancellationToken: Cancel);
        Assert.True((await CountsAsync()).Sas < 20_000);
        SasRestored restored = await ExpectMsgAsync<SasRestored>(TimeSpan.FromSeconds(30), cancellationToken: Cancel);
        Assert.Equal((10_000, 0), (restored.Installed, restored.Refused));
        foreach (RestorableChild child in old) KernelActor.Tell(new ReleaseRestored(child.Session), TestActor);
        KernelActor.Tell(new RemoveSas(), newcomer);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_is_not_wanted_any_more_does_not_come_after_it_was_released()
    {
        using CancellationTokenSource leaving = new();
        await CountsAsync();
        RestorableChild[] many = [.. Enumerable.Range(0, 10_000).Select(OneOfMany)];
        KernelActor.Tell(new RestoreSas(many, leaving.Token), TestActor);
        Assert.InRange((await CountsAsync()).Sas, 0, 19_999);
        await leaving.CancelAsync();
        foreach (RestorableChild child in many) KernelActor.Tell(new ReleaseRestored(child.Session), TestActor);
        Assert.InRange((await ExpectMsgAsync<SasRestored>(cancellationToken: Cancel)).Installed, 0, 9_999);
        Assert.All(many, child => Assert.Throws<ObjectDisposedException>(() => child.Install!.Parameters.Keys.EncryptionInitiator.Span.Length));
        await AssertNothingLeftAsync();
    }

    private static RestorableChild OneOfMany(int number)
    {
        uint spi = 0xc0000000 + (uint)number;
        InstallSas install = new(
            Samples.Parameters(peerSpi: 0xca000000 + (uint)number, remote: $"10.{100 + (number >> 8)}.{number & 255}.0/24"), Samples.Child(), spi, 5);
        return new RestorableChild(new SessionId(0x02_0000_0000_0000 + (ulong)number), 1, 1, install, spi, Samples.Local.Address, false, 10, 20, 0);
    }

    private async Task<SasRestored> RestoreAsync(params RestorableChild[] children)
    {
        await CountsAsync();
        KernelActor.Tell(new RestoreSas(children, Cancel), TestActor);
        return await ExpectMsgAsync<SasRestored>(cancellationToken: Cancel);
    }

    private static RestorableChild Child(uint id, uint spi = 0xc0000001, uint peerSpi = 0xcafe0001, int incarnation = 1, ulong sent = 20) => new(
        Session, incarnation, id, new InstallSas(Samples.Parameters(peerSpi: peerSpi), Samples.Child(), spi, 5), spi, Samples.Local.Address, false, 10, sent, 0);
}
