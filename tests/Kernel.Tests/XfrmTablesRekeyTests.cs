namespace Concentrator.Kernel.Tests;

/// <summary>One child takes over from another: no moment without a policy, traffic changes over when it is told to, refusals change nothing.</summary>
public sealed class XfrmTablesRekeyTests : IDisposable
{
    private const uint OldOutbound = 0x20000001, NewOutbound = 0x20000002;

    private readonly MemoryXfrmBackend _backend = new();
    private readonly XfrmTables _tables;
    private readonly uint _oldInbound, _newInbound;

    public XfrmTablesRekeyTests()
    {
        _tables = new XfrmTables(_backend, new XfrmTablesOptions());
        _oldInbound = Install("old", OldOutbound);
        _newInbound = Install("new", NewOutbound, hold: true);
    }

    [Fact]
    public void Held_traffic_stays_with_the_old_child()
    {
        Assert.Equal(OldOutbound, OutboundPolicy.Spi);
        Assert.Equivalent(new[] { _oldInbound, _newInbound, OldOutbound, NewOutbound }, Spis(), strict: true);
    }

    [Fact]
    public void Activation_is_one_update_of_the_outbound_policy()
    {
        int calls = _backend.History.Count;
        Assert.Null(_tables.Activate("new"));
        Assert.Equal(NewOutbound, OutboundPolicy.Spi);
        Assert.IsType<UpdatePolicy>(Assert.Single(_backend.History.Skip(calls)).Request);
        Assert.Null(_tables.Activate("new"));
        Assert.Equal(calls + 1, _backend.History.Count);
    }

    [Theory]
    [InlineData(Errno.ENOMEM)]
    [InlineData(Errno.EINVAL)]
    public void A_refused_activation_leaves_the_traffic_where_it_was_and_can_be_tried_again(int error)
    {
        _backend.Refuse(XfrmStep.OutboundPolicy, error, times: 2);
        Refusal? refusal = _tables.Activate("new");
        Assert.Equal(error, refusal!.Error);
        Assert.Equal(OldOutbound, OutboundPolicy.Spi);
        _backend.ClearFaults();
        _tables.RetryQuarantine();
        Assert.Equal(OldOutbound, OutboundPolicy.Spi);
        Assert.Null(_tables.Activate("new"));
        Assert.Equal(NewOutbound, OutboundPolicy.Spi);
    }

    [Fact]
    public void A_passing_trouble_at_activation_is_ridden_out()
    {
        _backend.Refuse(XfrmStep.OutboundPolicy, Errno.ENOMEM, times: 1);
        Assert.Null(_tables.Activate("new"));
        Assert.Equal(NewOutbound, OutboundPolicy.Spi);
    }

    [Fact]
    public void A_retired_child_still_receives_and_sends_no_more()
    {
        _tables.Activate("new");
        _tables.RetireOutbound("old");
        Assert.Equal(NewOutbound, OutboundPolicy.Spi);
        Assert.DoesNotContain(OldOutbound, Spis());
        Assert.Contains(_oldInbound, Spis());
        Assert.True(_tables.Reconcile().IsQuiet);

        _tables.Sweep("old");
        Assert.Equal([NewOutbound, _newInbound], Spis().Order());
        Assert.Equal(3, _backend.DumpPolicies().Count);
        _tables.Sweep("new");
        Assert.Empty(Samples.Dump(_backend));
        Assert.Equal(new TableCounts(0, 0, 0, 0), _tables.Counts);
    }

    [Fact]
    public void A_successor_that_was_never_activated_takes_over_when_the_old_child_goes()
    {
        _tables.Sweep("old");
        Assert.Equal(NewOutbound, OutboundPolicy.Spi);
    }

    [Fact]
    public void A_successor_that_goes_leaves_the_old_child_untouched()
    {
        _tables.Sweep("new");
        Assert.Equal(OldOutbound, OutboundPolicy.Spi);
        Assert.Equal([OldOutbound, _oldInbound], Spis().Order());
    }

    [Theory]
    [InlineData(XfrmStep.InboundSa)]
    [InlineData(XfrmStep.OutboundSa)]
    [InlineData(XfrmStep.InboundPolicy)]
    [InlineData(XfrmStep.ForwardPolicy)]
    public void A_refused_successor_leaves_the_kernel_as_it_was(XfrmStep step)
    {
        string before = Samples.Dump(_backend);
        _backend.Refuse(step, Errno.EINVAL, times: 1);
        uint spi = _tables.ReserveSpi("third", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, TimeSpan.Zero).Spi;
        Assert.NotNull(_tables.Install(Samples.Child("third", spi, 0x20000003), holdOutbound: true).Refusal);
        Assert.Equal(before, Samples.Dump(_backend));
    }

    [Fact]
    public void Removals_that_are_refused_are_taken_up_later()
    {
        _tables.Activate("new");
        _backend.Refuse(XfrmStep.Removal, Errno.EINVAL);
        _tables.RetireOutbound("old");
        _tables.Sweep("old");
        Assert.Equal(2, _tables.Counts.Quarantined);
        _backend.ClearFaults();
        Assert.Empty(_tables.RetryQuarantine());
        Assert.Equal([NewOutbound, _newInbound], Spis().Order());
    }

    public void Dispose() => _backend.Dispose();

    private PolicyInfo OutboundPolicy => Assert.Single(_backend.DumpPolicies(), p => p.Key.Direction == XfrmDirection.Out);

    private IEnumerable<uint> Spis() => _backend.DumpSas().Select(sa => sa.Id.Spi);

    private uint Install(string owner, uint outbound, bool hold = false)
    {
        uint spi = _tables.ReserveSpi(owner, Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, TimeSpan.Zero).Spi;
        Assert.True(_tables.Install(Samples.Child(owner, spi, outbound), hold).Succeeded);
        return spi;
    }
}
