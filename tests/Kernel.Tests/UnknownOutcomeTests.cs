namespace Concentrator.Kernel.Tests;

/// <summary>The kernel's answer is lost, or undoing is refused: nothing of ours is left for good, nothing of others' goes, and no name is used twice.</summary>
public sealed class UnknownOutcomeTests : IDisposable
{
    private const uint Outbound = 0x20000001;

    private readonly MemoryXfrmBackend _kernel = new();
    private readonly XfrmTables _tables;

    public UnknownOutcomeTests() => _tables = new XfrmTables(_kernel, new XfrmTablesOptions());

    // What was lost was EEXIST: the SA is another's.
    [Fact]
    public void An_sa_of_another_is_not_deleted_when_the_answer_about_ours_is_lost()
    {
        _kernel.ByAnother(new AddSa(Samples.Sa(XfrmDirection.Out, Outbound)));
        string before = Samples.Dump(_kernel);
        _kernel.Refuse(XfrmStep.OutboundSa, Errno.ETIMEDOUT);
        Assert.Equal(RefusalCause.Transient, Install("child", Outbound)!.Cause);
        Assert.Equal(before, Samples.Dump(_kernel));
        Assert.Equal(new TableCounts(0, 0, 0, 0), _tables.Counts);
    }

    [Theory]
    [InlineData(XfrmStep.OutboundPolicy)]
    [InlineData(XfrmStep.InboundPolicy)]
    public void A_policy_of_another_is_not_deleted_when_the_answer_about_ours_is_lost(XfrmStep step)
    {
        XfrmSelector selector = step == XfrmStep.OutboundPolicy ? Samples.Net : Samples.Net.Reverse();
        _kernel.ByAnother(new AddPolicy(Samples.Policy(step == XfrmStep.OutboundPolicy ? XfrmDirection.Out : XfrmDirection.In, selector, reqId: 99)));
        string before = Samples.Dump(_kernel);
        _kernel.Refuse(step, Errno.ETIMEDOUT);
        Assert.Equal(RefusalCause.Transient, Install("child", Outbound)!.Cause);
        Assert.Equal(before, Samples.Dump(_kernel));
        Assert.False(_tables.HasQuarantined);
    }

    [Fact]
    public void An_spi_is_not_used_again_before_the_kernel_has_said_what_became_of_its_sa()
    {
        XfrmTables tables = new(_kernel, new XfrmTablesOptions { LowestSpi = 0xc0000000, HighestSpi = 0xc0000001, Draw = () => 0 });
        _kernel.LoseAnswer(XfrmStep.InboundSa);
        _kernel.Refuse(XfrmStep.Query, Errno.ETIMEDOUT);
        uint spi = tables.ReserveSpi("child", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Spi;
        Assert.False(tables.Install(Samples.Child("child", spi)).Succeeded);
        Assert.Equal(XfrmStep.Spi, tables.ReserveSpi("next", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Refusal!.Step);
        Assert.NotEmpty(tables.RetryQuarantine());

        _kernel.ClearFaults();
        Assert.Empty(tables.RetryQuarantine());
        Assert.Empty(Samples.Dump(_kernel));
        Assert.Equal(spi, tables.ReserveSpi("next", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Spi);
    }

    // The peer chooses our outbound SPI, and may choose it again once it has let it go.
    [Fact]
    public void A_new_sa_with_the_name_of_one_that_resisted_is_not_taken_for_it()
    {
        Assert.Null(Install("old", Outbound));
        _kernel.Refuse(XfrmStep.Removal, Errno.EINVAL);
        _tables.Sweep("old");
        Assert.True(_tables.HasQuarantined);
        _kernel.ClearFaults();
        _kernel.Execute(new DeleteSa(new SaId(Samples.Peer, Outbound)));
        Assert.Null(Install("new", Outbound));
        Assert.Empty(_tables.RetryQuarantine());
        Assert.Contains(new SaId(Samples.Peer, Outbound), _kernel.DumpSas().Select(sa => sa.Id));
        Assert.Equal((2, 3), (_kernel.DumpSas().Count, _kernel.DumpPolicies().Count));
        Assert.True(_tables.Reconcile().IsQuiet);
    }

    [Fact]
    public void One_that_resisted_gives_way_to_a_new_sa_with_its_name()
    {
        Assert.Null(Install("old", Outbound));
        _kernel.Refuse(XfrmStep.Removal, Errno.EINVAL);
        _tables.Sweep("old");
        _kernel.ClearFaults();
        Assert.Null(Install("new", Outbound));
        Assert.Empty(_tables.RetryQuarantine());
        Assert.Equal((2, 3), (_kernel.DumpSas().Count, _kernel.DumpPolicies().Count));
    }

    [Theory]
    [InlineData(XfrmStep.InboundPolicy)]
    [InlineData(XfrmStep.ForwardPolicy)]
    public void A_successor_that_is_refused_has_not_touched_the_way_out(XfrmStep step)
    {
        Assert.Null(Install("old", Outbound));
        int calls = _kernel.History.Count;
        _kernel.Refuse(step, Errno.EINVAL);
        Assert.NotNull(Install("new", Outbound + 1));
        Assert.DoesNotContain(_kernel.History.Skip(calls), call => call.Request is UpdatePolicy { Policy.Direction: XfrmDirection.Out });
        Assert.Equal(Outbound, Assert.Single(_kernel.DumpPolicies(), policy => policy.Key.Direction == XfrmDirection.Out).Spi);
    }

    [Fact]
    public void An_spi_of_which_the_kernel_could_not_tell_is_found_and_given_back()
    {
        XfrmTables tables = new(_kernel, new XfrmTablesOptions { SpiAllocation = SpiAllocation.Kernel });
        _kernel.LoseAnswer(XfrmStep.Spi);
        Assert.Equal(RefusalCause.Transient, tables.ReserveSpi("child", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Refusal!.Cause);
        Assert.Single(_kernel.DumpSas());
        Assert.Equal(1, tables.Reconcile(spare: true).Removed);
        Assert.Empty(_kernel.DumpSas());
    }

    [Fact]
    public void A_trap_is_put_back_and_takes_over_what_a_former_life_left()
    {
        TrapSpec trap = new("trap", Samples.Us, Samples.Peer, XfrmMode.Tunnel, 9, [Samples.Net]);
        Assert.Null(_tables.SetTrap(trap));
        _kernel.Execute(new DeletePolicy(new PolicyKey(Samples.Net, XfrmDirection.Out)));
        Assert.Equal(1, _tables.Reconcile().Restored);
        XfrmTables next = new(_kernel, new XfrmTablesOptions());
        Assert.Null(next.SetTrap(trap with { ReqId = 10 }));
        Assert.True(next.Reconcile().IsQuiet);
        Assert.All(_kernel.DumpPolicies(), policy => Assert.Equal(10u, policy.ReqId));
        next.RemoveTrap("trap");
        Assert.Empty(Samples.Dump(_kernel));
    }

    public void Dispose() => _kernel.Dispose();

    private Refusal? Install(string owner, uint outbound)
    {
        uint spi = _tables.ReserveSpi(owner, Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Spi;
        return _tables.Install(Samples.Child(owner, spi, outbound)).Refusal;
    }
}
