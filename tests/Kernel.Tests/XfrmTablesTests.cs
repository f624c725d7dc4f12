using CsCheck;

namespace Concentrator.Kernel.Tests;

/// <summary>A child is in the kernel whole or not at all; after a refusal everything is as it was before.</summary>
public sealed class XfrmTablesTests
{
    private static readonly XfrmStep[] Steps =
        [XfrmStep.InboundSa, XfrmStep.OutboundSa, XfrmStep.OutboundPolicy, XfrmStep.InboundPolicy, XfrmStep.ForwardPolicy];

    private static readonly int[] Errors =
        [Errno.EPROTONOSUPPORT, Errno.ENOSYS, Errno.EINVAL, Errno.ENOENT, Errno.ENOMEM, Errno.ENOBUFS, Errno.EBUSY, Errno.EPERM, Errno.EEXIST];

    public static TheoryData<XfrmStep, int, SpiAllocation> EveryRefusal
    {
        get
        {
            TheoryData<XfrmStep, int, SpiAllocation> data = [];
            foreach (XfrmStep step in Steps)
                foreach (int error in Errors)
                    foreach (SpiAllocation allocation in Enum.GetValues<SpiAllocation>()) data.Add(step, error, allocation);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryRefusal))]
    public void Every_refusal_of_every_step_leaves_the_kernel_as_it_was(XfrmStep step, int error, SpiAllocation allocation)
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend, allocation);
        Assert.True(tables.Install(Samples.Child("first", Reserve(tables, "first"), 0x20000001, 3)).Succeeded);
        string before = Samples.Dump(backend);
        TableCounts counts = tables.Counts;

        backend.Refuse(step, error, "the kernel's words");
        Refusal refusal = tables.Install(Samples.Child("second", Reserve(tables, "second"), 0x20000002, 4)).Refusal!;

        Assert.Equal((step, error, "the kernel's words"), (refusal.Step, refusal.Error, refusal.ExtAck));
        Assert.NotEmpty(refusal.Hint);
        Assert.Contains(refusal.ErrnoName, refusal.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, Samples.Dump(backend));
        Assert.Equal(counts, tables.Counts);
    }

    [Theory]
    [InlineData(XfrmStep.InboundSa)]
    [InlineData(XfrmStep.OutboundSa)]
    [InlineData(XfrmStep.OutboundPolicy)]
    [InlineData(XfrmStep.InboundPolicy)]
    [InlineData(XfrmStep.ForwardPolicy)]
    public void A_lost_answer_counts_as_refused_and_what_was_done_is_undone(XfrmStep step)
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend);
        backend.LoseAnswer(step);
        Refusal refusal = tables.Install(Samples.Child("child", Reserve(tables, "child"))).Refusal!;
        Assert.Equal(RefusalCause.Transient, refusal.Cause);
        Assert.Empty(Samples.Dump(backend));
        Assert.Equal(new TableCounts(0, 0, 0, 0), tables.Counts);
    }

    [Fact]
    public void What_resists_is_quarantined_its_spi_not_used_again_and_removed_later()
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = new(backend, new XfrmTablesOptions { LowestSpi = 0xc0000000, HighestSpi = 0xc0000001, Draw = () => 0 });
        uint spi = Reserve(tables, "child");
        backend.Refuse(XfrmStep.OutboundPolicy, Errno.ENOMEM);
        backend.Refuse(XfrmStep.Removal, Errno.EPERM);
        Assert.False(tables.Install(Samples.Child("child", spi)).Succeeded);
        Assert.NotEqual(0, tables.Counts.Quarantined);
        // The only SPI that is ever drawn may still have an SA.
        Assert.Equal(XfrmStep.Spi, tables.ReserveSpi("next", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 1, default).Refusal!.Step);

        backend.ClearFaults();
        Assert.Empty(tables.RetryQuarantine());
        Assert.Empty(Samples.Dump(backend));
        Assert.Equal(spi, Reserve(tables, "next"));
    }

    [Fact]
    public void A_refused_spi_of_the_kernel_reserves_nothing()
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend, SpiAllocation.Kernel);
        backend.Refuse(XfrmStep.Spi, Errno.ENOENT, "No SPI available in the requested range");
        Refusal refusal = tables.ReserveSpi("child", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 1, default).Refusal!;
        Assert.Equal((XfrmStep.Spi, RefusalCause.Transient), (refusal.Step, refusal.Cause));
        Assert.Equal(0, tables.Counts.Reservations);
    }

    [Fact]
    public void A_larval_sa_that_timed_out_is_added_anew()
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend, SpiAllocation.Kernel);
        uint spi = Reserve(tables, "child");
        backend.Execute(new DeleteSa(new SaId(Samples.Us, spi)));
        Assert.True(tables.Install(Samples.Child("child", spi)).Succeeded);
        Assert.Equal(2, backend.DumpSas().Count);
    }

    [Fact]
    public void An_sa_that_somebody_else_put_there_is_not_deleted()
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend);
        backend.ByAnother(new AddSa(Samples.Sa(XfrmDirection.Out, 0x10000001)));
        string before = Samples.Dump(backend);
        Assert.Equal(Errno.EEXIST, tables.Install(Samples.Child("child", Reserve(tables, "child"), 0x10000001)).Refusal!.Error);
        Assert.Equal(before, Samples.Dump(backend));
    }

    [Fact]
    public void Keys_are_zeroed_whatever_came_of_the_install()
    {
        foreach (bool refuse in new[] { false, true })
        {
            using MemoryXfrmBackend backend = new();
            XfrmTables tables = Tables(backend);
            if (refuse) backend.Refuse(XfrmStep.InboundSa, Errno.ENOMEM);
            byte[] key = [.. Enumerable.Repeat((byte)0xaa, 20)];
            tables.Install(Samples.Child("child", Reserve(tables, "child"), algorithms: EspAlgorithms.AesGcm16(key)));
            Assert.All(key, octet => Assert.Equal(0, octet));
        }
    }

    [Fact]
    public void Children_with_the_same_selectors_share_policies_and_the_newest_is_in_force()
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend);
        Assert.True(tables.Install(Samples.Child("old", Reserve(tables, "old"), 0x20000001, reqId: 1)).Succeeded);
        Assert.True(tables.Install(Samples.Child("new", Reserve(tables, "new"), 0x20000002, reqId: 2)).Succeeded);
        Assert.All(backend.DumpPolicies(), p => Assert.Equal(2u, p.ReqId));
        Assert.Equal(3, backend.DumpPolicies().Count);

        tables.Sweep("new");
        Assert.All(backend.DumpPolicies(), p => Assert.Equal(1u, p.ReqId));
        Assert.Equal(2, backend.DumpSas().Count);
        tables.Sweep("old");
        Assert.Empty(Samples.Dump(backend));
    }

    [Fact]
    public void Reservations_end_by_release_by_time_and_with_their_owner()
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend, SpiAllocation.Kernel);
        uint first = Reserve(tables, "a"), second = Reserve(tables, "b");
        Reserve(tables, "c");
        tables.ReleaseSpi(first);
        tables.ReleaseSpi(first);
        tables.Sweep("b");
        Assert.Single(backend.DumpSas());
        Assert.Empty(tables.ExpireReservations(TimeSpan.FromMinutes(3)));
        Assert.Single(tables.ExpireReservations(TimeSpan.FromMinutes(5)));
        Assert.Empty(backend.DumpSas());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void The_last_sweep_leaves_what_is_not_ours()
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend);
        backend.ByAnother(new AddSa(Samples.Sa(XfrmDirection.Out, 0x99)));
        backend.ByAnother(new AddPolicy(Samples.Policy(XfrmDirection.Out, new XfrmSelector(System.Net.IPNetwork.Parse("172.16.0.0/12"), System.Net.IPNetwork.Parse("172.16.0.0/12")))));
        string before = Samples.Dump(backend);
        tables.Install(Samples.Child("child", Reserve(tables, "child")));
        Reserve(tables, "waiting");
        tables.SweepAll();
        Assert.Equal(before, Samples.Dump(backend));
        Assert.Equal(new TableCounts(0, 0, 0, 0), tables.Counts);
    }

    [Fact]
    public void What_is_missing_in_the_kernel_is_found_with_its_owner()
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend);
        uint spi = Reserve(tables, "child");
        tables.Install(Samples.Child("child", spi));
        Assert.True(tables.Reconcile().IsQuiet);
        Assert.Equal("child", tables.OwnerOf(new SaId(Samples.Us, spi)));
        backend.Execute(new DeleteSa(new SaId(Samples.Us, spi)));
        Assert.Equal(["child"], tables.Reconcile().Lost);
        Assert.True(tables.Reconcile().IsQuiet, "it is told once");
    }

    /// <summary>Whatever the order of installs, sweeps and refusals: what the kernel has is what the tables say, and in the end it is empty.</summary>
    [Fact]
    public void Bookkeeping_and_kernel_agree_after_any_history() => Gen.Select(Gen.Int[0, 5], Gen.Int[0, 8], Gen.Int[0, 2]).Array[1, 40].Sample(history =>
    {
        using MemoryXfrmBackend backend = new();
        XfrmTables tables = Tables(backend, history.Length % 2 == 0 ? SpiAllocation.Node : SpiAllocation.Kernel);
        uint outbound = 0x20000000;
        foreach ((int owner, int action, int selector) in history)
        {
            string name = $"child-{owner}";
            backend.ClearFaults();
            if (action < 5) backend.Refuse(Steps[action], Errno.ENOMEM, times: 1);
            if (action == 8)
            {
                tables.Sweep(name);
                continue;
            }

            tables.Sweep(name);
            SpiResult spi = tables.ReserveSpi(name, Samples.Peer, Samples.Us, XfrmMode.Tunnel, (uint)owner + 1, default);
            tables.Install(Samples.Child(name, spi.Spi, ++outbound, (uint)owner + 1, selector: Selector(selector)));
        }

        backend.ClearFaults();
        tables.RetryQuarantine();
        Assert.True(tables.Reconcile().IsQuiet);
        Assert.Equal(tables.Counts.Sas, backend.DumpSas().Count);
        Assert.Equal(tables.Counts.Policies, backend.DumpPolicies().Count);
        tables.SweepAll();
        Assert.Empty(Samples.Dump(backend));
        Assert.Equal(new TableCounts(0, 0, 0, 0), tables.Counts);
    });

    private static XfrmSelector Selector(int index) => new(System.Net.IPNetwork.Parse($"10.1.{index}.0/24"), System.Net.IPNetwork.Parse("10.2.0.0/24"));

    private static XfrmTables Tables(IXfrmBackend backend, SpiAllocation allocation = SpiAllocation.Node) =>
        new(backend, new XfrmTablesOptions { SpiAllocation = allocation });

    private static uint Reserve(XfrmTables tables, string owner)
    {
        SpiResult result = tables.ReserveSpi(owner, Samples.Peer, Samples.Us, XfrmMode.Tunnel, 1, default);
        Assert.Null(result.Refusal);
        return result.Spi;
    }
}
