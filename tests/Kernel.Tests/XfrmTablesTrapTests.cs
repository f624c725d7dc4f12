using System.Net;

namespace Concentrator.Kernel.Tests;

/// <summary>Traps: what the kernel has before, while and after a child takes their place, and when it refuses.</summary>
public sealed class XfrmTablesTrapTests : IDisposable
{
    private static readonly XfrmSelector Everything = new(IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("0.0.0.0/0"));

    private const string Trap = "trap", Child = "child";

    private readonly MemoryXfrmBackend _backend = new();
    private readonly XfrmTables _tables;

    public XfrmTablesTrapTests() => _tables = new XfrmTables(_backend, new XfrmTablesOptions());

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void A_trap_is_three_policies_without_an_sa_behind_those_of_any_child()
    {
        Assert.Null(_tables.SetTrap(Spec()));

        IReadOnlyList<PolicyInfo> policies = _backend.DumpPolicies();
        Assert.Equal([XfrmDirection.Out, XfrmDirection.In, XfrmDirection.Forward], policies.Select(p => p.Key.Direction));
        Assert.All(policies, p => Assert.Equal((77u, 0u), (p.ReqId, p.Spi)));
        Assert.All(policies, p => Assert.True(p.Priority > PolicyPriority.Of(Everything)));
        Assert.Empty(_backend.DumpSas());
    }

    [Fact]
    public void A_child_takes_its_place_and_leaves_it_again_without_a_moment_in_between()
    {
        _tables.SetTrap(Spec());
        int calls = _backend.History.Count;

        Install(Child);
        Assert.All(_backend.DumpPolicies(), p => Assert.Equal(7u, p.ReqId));
        _tables.Sweep(Child);

        Assert.All(_backend.DumpPolicies(), p => Assert.Equal(77u, p.ReqId));
        Assert.DoesNotContain(_backend.History.Skip(calls), call => call.Request is DeletePolicy or AddPolicy);
        // The trap is in force before the SA goes: a packet in between asks for a new one.
        List<XfrmRequest> requests = [.. _backend.History.Skip(calls).Select(call => call.Request)];
        Assert.True(requests.FindLastIndex(r => r is UpdatePolicy) < requests.FindIndex(r => r is DeleteSa));
    }

    [Fact]
    public void A_trap_that_comes_while_the_child_is_up_waits_behind_it()
    {
        Install(Child);
        int calls = _backend.History.Count;
        Assert.Null(_tables.SetTrap(Spec()));
        Assert.Equal(calls, _backend.History.Count);

        _tables.Sweep(Child);
        Assert.Equal(3, _backend.DumpPolicies().Count(p => p.ReqId == 77));
    }

    [Fact]
    public void Without_the_trap_the_child_stays()
    {
        _tables.SetTrap(Spec());
        Install(Child);
        _tables.RemoveTrap(Trap);
        Assert.Equal(3, _backend.DumpPolicies().Count(p => p.ReqId == 7));

        _tables.Sweep(Child);
        Assert.Empty(_backend.DumpPolicies());
        _tables.RemoveTrap(Trap);
    }

    [Fact]
    public void A_rekeyed_child_hands_over_to_the_trap_as_well()
    {
        _tables.SetTrap(Spec());
        Install("old");
        Install("new", hold: true);
        Assert.Null(_tables.Activate("new"));
        _tables.RetireOutbound("old");
        _tables.Sweep("old");
        _tables.Sweep("new");
        Assert.Equal(3, _backend.DumpPolicies().Count(p => p.ReqId == 77));
    }

    [Theory]
    [InlineData(XfrmStep.OutboundPolicy, Errno.EINVAL)]
    [InlineData(XfrmStep.InboundPolicy, Errno.ENOMEM)]
    [InlineData(XfrmStep.ForwardPolicy, Errno.EPERM)]
    public void A_refusal_leaves_the_kernel_as_it_was(XfrmStep step, int error)
    {
        _backend.Refuse(step, error, "as the test says");
        Refusal? refusal = _tables.SetTrap(Spec());
        Assert.Equal((step, error, "as the test says"), (refusal!.Step, refusal.Error, refusal.ExtAck));
        Assert.Empty(_backend.DumpPolicies());
        Assert.Equal(new TableCounts(0, 0, 0, 0), _tables.Counts);
        _backend.ClearFaults();
        Assert.Null(_tables.SetTrap(Spec()));
    }

    [Fact]
    public void A_lost_answer_counts_as_a_refusal_and_nothing_stays()
    {
        _backend.LoseAnswer(XfrmStep.InboundPolicy);
        Assert.Equal(RefusalCause.Transient, _tables.SetTrap(Spec())!.Cause);
        Assert.Empty(_backend.DumpPolicies());
    }

    [Fact]
    public void A_policy_of_somebody_else_is_not_taken()
    {
        _backend.ByAnother(new AddPolicy(Samples.Policy(XfrmDirection.In, Samples.Net.Reverse(), reqId: 5)));
        Refusal? refusal = _tables.SetTrap(Spec());
        Assert.Equal((XfrmStep.InboundPolicy, Errno.EEXIST), (refusal!.Step, refusal.Error));
        Assert.Contains("another program owns a policy", refusal.Hint, StringComparison.Ordinal);
        Assert.Equal(5u, Assert.Single(_backend.DumpPolicies()).ReqId);
    }

    [Fact]
    public void A_trap_whose_ends_have_moved_is_replaced()
    {
        _tables.SetTrap(Spec());
        TrapSpec moved = Spec() with { ReqId = 78, Selectors = [Samples.Net, new XfrmSelector(Samples.Net.Source, IPNetwork.Parse("10.3.0.0/24"))] };
        Assert.Null(_tables.SetTrap(moved));
        Assert.Equal(6, _backend.DumpPolicies().Count(p => p.ReqId == 78));
        Assert.Null(_tables.SetTrap(Spec()));
        Assert.Equal(3, _backend.DumpPolicies().Count(p => p.ReqId == 77));
        Assert.Equal(3, _tables.Counts.Policies);
    }

    [Fact]
    public void A_refused_replacement_leaves_the_trap_that_was()
    {
        _tables.SetTrap(Spec());
        _backend.Refuse(request => request is UpdatePolicy { Policy: { ReqId: 78, Direction: XfrmDirection.Forward } }, Errno.EINVAL);
        Assert.NotNull(_tables.SetTrap(Spec() with { ReqId = 78 }));
        Assert.Equal(3, _backend.DumpPolicies().Count(p => p.ReqId == 77));
    }

    [Fact]
    public void A_child_that_the_kernel_refuses_leaves_the_trap()
    {
        _tables.SetTrap(Spec());
        string before = Samples.Dump(_backend);
        _backend.Refuse(XfrmStep.ForwardPolicy, Errno.EINVAL, times: 1);
        SpiResult spi = _tables.ReserveSpi(Child, Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default);
        Assert.NotNull(_tables.Install(Samples.Child(Child, spi.Spi)).Refusal);
        Assert.Equal(before, Samples.Dump(_backend));
    }

    [Fact]
    public void The_end_sweeps_traps_too()
    {
        _tables.SetTrap(Spec());
        _tables.SetTrap(Spec() with { Owner = "second", Selectors = [new XfrmSelector(Samples.Net.Source, IPNetwork.Parse("10.3.0.0/24"))] });
        Install(Child);
        _tables.SweepAll();
        Assert.Empty(Samples.Dump(_backend));
        Assert.Equal(new TableCounts(0, 0, 0, 0), _tables.Counts);
    }

    private static TrapSpec Spec() => new(Trap, Samples.Us, Samples.Peer, XfrmMode.Tunnel, 77, [Samples.Net]);

    private void Install(string owner, bool hold = false)
    {
        SpiResult spi = _tables.ReserveSpi(owner, Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default);
        Assert.Null(_tables.Install(Samples.Child(owner, spi.Spi, outboundSpi: spi.Spi + 1), hold).Refusal);
    }
}
