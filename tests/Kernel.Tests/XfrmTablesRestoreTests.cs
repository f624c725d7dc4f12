namespace Concentrator.Kernel.Tests;

/// <summary>Children that come back after their node was killed: what the kernel still has goes on as it is, what it lost is added beyond what was seen.</summary>
public sealed class XfrmTablesRestoreTests : IDisposable
{
    private const uint Spi = 0xc0000001;

    private readonly MemoryXfrmBackend _backend = new();
    private readonly XfrmTables _tables;

    public XfrmTablesRestoreTests() => _tables = new XfrmTables(_backend, new XfrmTablesOptions());

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void What_the_kernel_lost_is_added_after_what_was_sent_and_seen()
    {
        ChildSaSpec child = Restored(received: 1000, sent: 2000);
        Assert.Null(_tables.FindReqId([child.Inbound.Id, child.Outbound.Id]));
        Assert.True(_tables.Restore(child, holdOutbound: false, isRetired: false).Succeeded);
        Assert.Equal((0UL, 1000UL), (InfoOf(child.Inbound.Id).Sent, InfoOf(child.Inbound.Id).Received));
        Assert.Equal(2000UL, InfoOf(child.Outbound.Id).Sent);
        Assert.Equal(3, _backend.DumpPolicies().Count);
        Assert.All(child.Inbound.Algorithms.Cipher!.Key, octet => Assert.Equal(0, octet));
        _tables.Sweep("child");
        AssertEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_the_kernel_still_has_goes_on_untouched(bool isAnswerLost)
    {
        Assert.True(FormerLife().Install(Samples.Child("other", Spi, reqId: 9)).Succeeded);
        ChildSaSpec child = Restored(1, 1, reqId: 9);
        _backend.Advance(child.Outbound.Id, new SaProgress(500, 0, [], 0, 0, 0, 0));
        Assert.Equal(9u, _tables.FindReqId([child.Inbound.Id, child.Outbound.Id]));
        int before = _backend.History.Count;

        if (isAnswerLost) _backend.LoseAnswer(XfrmStep.Query);
        Assert.True(_tables.Restore(child, holdOutbound: false, isRetired: false).Succeeded);
        Assert.DoesNotContain(_backend.History.Skip(before), call => call.Request is AddSa or DeleteSa or UpdateSa);
        Assert.Equal(500UL, InfoOf(child.Outbound.Id).Sent);
        Assert.Equal("child", _tables.OwnerOf(child.Inbound.Id));
        Assert.True(_tables.Reconcile().IsQuiet);
        _tables.Sweep("child");
        AssertEmpty();
    }

    [Fact]
    public void Half_of_it_is_made_whole()
    {
        FormerLife().Install(Samples.Child("other", Spi));
        ChildSaSpec child = Restored(1, 1);
        _backend.Execute(new DeleteSa(child.Outbound.Id));
        Assert.True(_tables.Restore(child, holdOutbound: false, isRetired: false).Succeeded);
        Assert.Equal((2, 3), (_backend.DumpSas().Count, _backend.DumpPolicies().Count));
        Assert.Equal(1UL, InfoOf(child.Inbound.Id).Received);
        _tables.Sweep("child");
        AssertEmpty();
    }

    [Fact]
    public void One_that_is_retired_only_receives()
    {
        FormerLife().Install(Samples.Child("other", Spi));
        ChildSaSpec child = Restored(1, 1);
        _backend.Execute(new DeleteSa(child.Outbound.Id));
        Assert.True(_tables.Restore(child, holdOutbound: false, isRetired: true).Succeeded);
        Assert.Equal([child.Inbound.Id], _backend.DumpSas().Select(sa => sa.Id));
        Assert.DoesNotContain(_backend.DumpPolicies(), policy => policy.Key.Direction == XfrmDirection.Out);
        _tables.Sweep("child");
        AssertEmpty();
    }

    [Fact]
    public void Somebody_elses_sa_of_the_same_name_is_left_alone()
    {
        _backend.ByAnother(new AddSa(Samples.Sa(XfrmDirection.In, Spi)));
        ChildSaSpec child = Restored(1, 1);
        InstallResult result = _tables.Restore(child, holdOutbound: false, isRetired: false);
        Assert.Equal(Errno.EEXIST, result.Refusal!.Error);
        Assert.Equal([child.Inbound.Id], _backend.DumpSas().Select(sa => sa.Id));
    }

    [Theory]
    [InlineData(XfrmStep.InboundSa)]
    [InlineData(XfrmStep.OutboundSa)]
    [InlineData(XfrmStep.OutboundPolicy)]
    [InlineData(XfrmStep.ForwardPolicy)]
    public void A_refusal_leaves_nothing(XfrmStep step)
    {
        _backend.Refuse(step, Errno.EINVAL);
        Assert.Equal(step, _tables.Restore(Restored(1, 1), holdOutbound: false, isRetired: false).Refusal!.Step);
        AssertEmpty();
    }

    [Fact]
    public void A_policy_that_is_refused_to_what_was_taken_over_leaves_nothing_of_ours()
    {
        FormerLife().Install(Samples.Child("other", Spi));
        foreach (PolicyInfo policy in _backend.DumpPolicies()) _backend.Execute(new DeletePolicy(policy.Key));
        _backend.Refuse(XfrmStep.InboundPolicy, Errno.EINVAL);
        Assert.False(_tables.Restore(Restored(1, 1), holdOutbound: false, isRetired: false).Succeeded);
        AssertEmpty();
    }

    [Fact]
    public void An_spi_is_kept_once_more_and_given_back_with_its_owner()
    {
        Assert.True(_tables.ReserveAgain("child", Spi, Samples.Us, TimeSpan.Zero));
        Assert.False(_tables.ReserveAgain("another", Spi, Samples.Us, TimeSpan.Zero));
        Assert.True(_tables.Install(Samples.Child("child", Spi)).Succeeded);
        Assert.False(_tables.ReserveAgain("another", Spi, Samples.Us, TimeSpan.Zero));
        _tables.Sweep("child");
        Assert.True(_tables.ReserveAgain("another", Spi, Samples.Us, TimeSpan.Zero));
        _tables.Sweep("another");
        AssertEmpty();
    }

    [Theory]
    [InlineData(10UL, false, 10UL)]
    [InlineData(uint.MaxValue + 5UL, false, (ulong)uint.MaxValue)]
    [InlineData(uint.MaxValue + 5UL, true, uint.MaxValue + 5UL)]
    public void No_number_comes_round(ulong sent, bool extended, ulong expected) => Assert.Equal(expected, SaProgress.Resumed(0, sent, extended, 0).Sent);

    private static ChildSaSpec Restored(ulong received, ulong sent, uint reqId = 7)
    {
        ChildSaSpec child = Samples.Child("child", Spi, reqId: reqId);
        SaProgress progress = SaProgress.Resumed(received, sent, extended: false, addedAt: 0);
        return child with
        {
            Inbound = child.Inbound with { Progress = progress with { Sent = 0 } },
            Outbound = child.Outbound with { Progress = progress with { Received = 0 } },
        };
    }

    /// <summary>Has the same seal, and is not there any more.</summary>
    private XfrmTables FormerLife() => new(_backend, new XfrmTablesOptions());

    private SaInfo InfoOf(SaId id) => _backend.DumpSas().Single(sa => sa.Id == id);

    private void AssertEmpty()
    {
        Assert.Equal(new TableCounts(0, 0, 0, 0), _tables.Counts);
        Assert.Equal("", Samples.Dump(_backend));
    }
}
