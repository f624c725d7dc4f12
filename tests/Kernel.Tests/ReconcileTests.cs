using System.Net;

namespace Concentrator.Kernel.Tests;

/// <summary>The tables against the kernel, in both directions: ours is put right or told, what a former life left goes, and what is another's stays.</summary>
public sealed class ReconcileTests : IDisposable
{
    private const uint Outbound = 0x20000001;

    private static readonly XfrmSelector Elsewhere = new(IPNetwork.Parse("172.16.0.0/16"), IPNetwork.Parse("172.17.0.0/16"));

    private readonly MemoryXfrmBackend _kernel = new();
    private readonly XfrmTables _tables;
    private readonly uint _inbound;

    public ReconcileTests()
    {
        _tables = new XfrmTables(_kernel, new XfrmTablesOptions());
        _inbound = Install(_tables, "child", Outbound);
    }

    [Fact]
    public void Nothing_is_done_when_all_is_as_it_should_be()
    {
        string before = Samples.Dump(_kernel);
        int calls = _kernel.History.Count;
        Assert.True(_tables.Reconcile().IsQuiet);
        Assert.Equal(before, Samples.Dump(_kernel));
        Assert.Equal(calls, _kernel.History.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_missing_sa_is_told_once_and_not_deleted_again(bool inbound)
    {
        SaId id = inbound ? new SaId(Samples.Us, _inbound) : new SaId(Samples.Peer, Outbound);
        _kernel.Execute(new DeleteSa(id));
        Assert.Equal(["child"], _tables.Reconcile().Lost);
        Assert.True(_tables.Reconcile().IsQuiet);
        _tables.Sweep("child");
        Assert.DoesNotContain(_kernel.History, call => call.Request is DeleteSa delete && delete.Id == id && call.Reply.Error == Errno.ESRCH);
        AssertEmpty();
    }

    // Another daemon took the name after ours had gone.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_sa_in_the_place_of_ours_is_anothers(bool inbound)
    {
        SaId id = inbound ? new SaId(Samples.Us, _inbound) : new SaId(Samples.Peer, Outbound);
        _kernel.Execute(new DeleteSa(id));
        _kernel.ByAnother(new AddSa(Samples.Sa(inbound ? XfrmDirection.In : XfrmDirection.Out, id.Spi)));
        Assert.Equal(["child"], _tables.Reconcile().Lost);
        _tables.Sweep("child");
        Assert.Equal(id, Assert.Single(_kernel.DumpSas()).Id);
        Assert.Empty(_kernel.DumpPolicies());
    }

    [Theory]
    [InlineData(XfrmDirection.Out)]
    [InlineData(XfrmDirection.In)]
    [InlineData(XfrmDirection.Forward)]
    public void A_missing_policy_is_put_back(XfrmDirection direction)
    {
        string before = Samples.Dump(_kernel);
        _kernel.Execute(new DeletePolicy(KeyOf(direction)));
        ReconciliationReport report = _tables.Reconcile();
        Assert.Equal((1, 0), (report.Restored, report.Lost.Count));
        Assert.Equal(before, Samples.Dump(_kernel));
    }

    [Fact]
    public void A_policy_that_is_not_as_it_should_be_is_put_right()
    {
        string before = Samples.Dump(_kernel);
        PolicySpec good = Samples.Policy(XfrmDirection.Out) with { Spi = Outbound };
        foreach (PolicySpec wrong in new[]
        {
            good with { ReqId = 99 }, good with { Spi = 1 }, good with { Priority = 1 }, good with { TunnelDestination = Samples.Us }, good with { Mode = XfrmMode.Transport },
        })
        {
            _kernel.Execute(new UpdatePolicy(wrong));
            Assert.NotEqual(before, Samples.Dump(_kernel));
            Assert.Equal(1, _tables.Reconcile().Restored);
            Assert.Equal(before, Samples.Dump(_kernel));
        }
    }

    [Theory]
    [InlineData(XfrmDirection.Out)]
    [InlineData(XfrmDirection.In)]
    public void A_policy_in_the_place_of_ours_is_anothers_and_the_child_is_lost(XfrmDirection direction)
    {
        _kernel.ByAnother(new UpdatePolicy(Samples.Policy(direction, KeyOf(direction).Selector, reqId: 99)));
        Assert.Equal(["child"], _tables.Reconcile().Lost);
        Assert.True(_tables.Reconcile().IsQuiet);
        _tables.Sweep("child");
        PolicyInfo left = Assert.Single(_kernel.DumpPolicies());
        Assert.Equal((KeyOf(direction), 99u), (left.Key, left.ReqId));
        Assert.Empty(_kernel.DumpSas());
        Assert.False(_tables.HasQuarantined);
    }

    [Fact]
    public void A_policy_that_cannot_be_put_back_is_tried_again_later()
    {
        string before = Samples.Dump(_kernel);
        _kernel.Execute(new DeletePolicy(KeyOf(XfrmDirection.Out)));
        _kernel.Refuse(XfrmStep.OutboundPolicy, Errno.ENOMEM);
        Assert.Equal(0, _tables.Reconcile().Restored);
        Assert.True(_tables.HasQuarantined);
        _kernel.ClearFaults();
        Assert.Empty(_tables.RetryQuarantine());
        Assert.Equal(before, Samples.Dump(_kernel));
    }

    [Fact]
    public void What_is_not_ours_is_left_alone()
    {
        _kernel.ByAnother(new AddSa(Samples.Sa(XfrmDirection.In, 0xc0000042)));
        _kernel.ByAnother(new AddSa(Samples.Sa(XfrmDirection.Out, 0x42, reqId: 0x4000_0001)));
        _kernel.ByAnother(new AllocateSpi(Samples.Peer, Samples.Us, XfrmMode.Tunnel, 0x4000_0001, 0xc0000100, 0xc00001ff));
        _kernel.ByAnother(new AddPolicy(Samples.Policy(XfrmDirection.Out, Elsewhere, reqId: 0x4000_0001)));
        string before = Samples.Dump(_kernel);
        Assert.True(_tables.Reconcile().IsQuiet);
        Assert.Equal(before, Samples.Dump(_kernel));
    }

    [Fact]
    public void What_a_former_life_left_is_spared_at_first_and_then_goes()
    {
        _tables.ReserveSpi("waiting", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default);
        _kernel.Execute(new AllocateSpi(Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, 0xc0000100, 0xc00001ff));
        _kernel.ByAnother(new AddSa(Samples.Sa(XfrmDirection.Out, 0x42)));
        _kernel.ByAnother(new AddPolicy(Samples.Policy(XfrmDirection.Out, Elsewhere)));
        XfrmTables next = new(_kernel, new XfrmTablesOptions());

        ReconciliationReport first = next.Reconcile(spare: true);
        Assert.Equal((5, 1), (first.Spared, first.Removed));
        Assert.DoesNotContain(_kernel.DumpSas(), sa => sa.IsLarval);
        Assert.Equal(5, next.Reconcile().Removed);
        Assert.Equal(0x42u, Assert.Single(_kernel.DumpSas()).Id.Spi);
        Assert.Equal(Elsewhere, Assert.Single(_kernel.DumpPolicies()).Key.Selector);
        Assert.True(next.Reconcile().IsQuiet);
    }

    [Fact]
    public void A_child_that_comes_back_takes_over_what_a_former_life_left()
    {
        XfrmTables next = new(_kernel, new XfrmTablesOptions());
        // The peer still has its SPI, and so has our new child.
        uint spi = Install(next, "again", Outbound);
        Assert.Equal(1, next.Reconcile().Removed);
        Assert.Equal([Outbound, spi], _kernel.DumpSas().Select(sa => sa.Id.Spi).Order());
        Assert.All(_kernel.DumpPolicies(), policy => Assert.Equal(7u, policy.ReqId));
        Assert.True(next.Reconcile().IsQuiet);
        next.SweepAll();
        Assert.Empty(Samples.Dump(_kernel));
    }

    [Fact]
    public void Nothing_is_removed_that_another_node_of_ours_has()
    {
        MemoryXfrmBackend shared = new() { Seal = Seal.Of("192.0.2.1 500 4500") };
        XfrmTables one = new(shared, new XfrmTablesOptions());
        Install(one, "one", 0x20000001);
        shared.Seal = Seal.Of("192.0.2.9 500 4500");
        XfrmTables other = new(shared, new XfrmTablesOptions());
        Assert.True(other.Reconcile().IsQuiet);
        Assert.Equal(Errno.EEXIST, InstallRefused(other, "other", 0x20000001)!.Error);
        shared.Seal = Seal.Of("192.0.2.1 500 4500");
        Assert.True(one.Reconcile().IsQuiet);
    }

    [Fact]
    public void A_soft_limit_whose_event_was_lost_is_told_once()
    {
        _tables.Sweep("child");
        uint spi = Reserve(_tables, "limited");
        ChildSaSpec child = Samples.Child("limited", spi, Outbound);
        SaLifetime limits = new(SoftBytes: 1000, SoftPackets: 10);
        Assert.True(_tables.Install(child with { Inbound = child.Inbound with { Lifetime = limits }, Outbound = child.Outbound with { Lifetime = limits } }).Succeeded);
        _kernel.Carry(new SaId(Samples.Us, spi), 999, 9);
        Assert.True(_tables.Reconcile().IsQuiet);
        _kernel.Carry(new SaId(Samples.Us, spi), 100, 10);
        Assert.Equal(["limited"], _tables.Reconcile().Expiring);
        Assert.True(_tables.Reconcile().IsQuiet);
        _kernel.Carry(new SaId(Samples.Peer, Outbound), 1000, 1);
        Assert.Equal("limited", _tables.NoteExpiring(new SaId(Samples.Peer, Outbound)));
        Assert.True(_tables.Reconcile().IsQuiet, "the event came after all");
    }

    // Requests are served between the pieces, whatever the piece.
    [Fact]
    public void What_changes_while_it_is_looked_at_is_not_taken_for_lost_or_stale()
    {
        for (int piece = 0; piece < 12; piece++)
        {
            using MemoryXfrmBackend kernel = new();
            XfrmTables tables = new(kernel, new XfrmTablesOptions());
            Install(tables, "goes", 0x20000001);
            Install(tables, "stays", 0x20000002, Elsewhere);
            ReconciliationReport report = new();
            using IEnumerator<object?> work = tables.Reconcile(report, spare: false);
            for (int i = 0; i < piece; i++) work.MoveNext();
            tables.Sweep("goes");
            Install(tables, "comes", 0x20000003);
            while (work.MoveNext())
            {
            }

            Assert.True(report.IsQuiet, $"{report}, changed after piece {piece}");
            Assert.Equal((4, 6), (kernel.DumpSas().Count, kernel.DumpPolicies().Count));
            Assert.Equal(new TableCounts(0, 4, 6, 0), tables.Counts);
        }
    }

    [Fact]
    public void Twenty_thousand_children_are_looked_at_in_less_than_a_second()
    {
        using MemoryXfrmBackend kernel = new(historyLimit: 1);
        XfrmTables tables = new(kernel, new XfrmTablesOptions());
        for (uint i = 0; i < 20_000; i++)
            Install(tables, $"child-{i}", 0x20000000 + i, new XfrmSelector(IPNetwork.Parse("10.1.0.0/24"), new IPNetwork(new IPAddress([11, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 32)));
        long started = Environment.TickCount64;
        Assert.True(tables.Reconcile().IsQuiet);
        Assert.InRange(Environment.TickCount64 - started, 0, 1000);
    }

    [Fact]
    public void The_same_name_gives_the_same_seal_and_another_another()
    {
        Seal seal = Seal.Of("a"), same = Seal.Of("a"), other = Seal.Of("b");
        Assert.Equal((seal.OfPolicies, seal.OfLarvalSas, seal.OfSa(1)), (same.OfPolicies, same.OfLarvalSas, same.OfSa(1)));
        Assert.NotEqual(seal.OfPolicies, other.OfPolicies);
        Assert.NotEqual(seal.OfSa(1), other.OfSa(1));
        uint[] marks = [.. Enumerable.Range(0, 20_000).Select(i => seal.OfSa(0xc0000000 + (uint)i))];
        Assert.All(marks, mark => Assert.True(mark >= 0x8000_0000));
        // The kernel hashes by it: near SPIs must not meet.
        Assert.True(marks.GroupBy(mark => mark & 0x7fff).Max(bucket => bucket.Count()) < 12);
        Assert.True(seal.OfPolicies is >= 1ul << 62 and < ulong.MaxValue);
    }

    public void Dispose() => _kernel.Dispose();

    private static PolicyKey KeyOf(XfrmDirection direction) =>
        new(direction == XfrmDirection.Out ? Samples.Net : Samples.Net.Reverse(), direction);

    private void AssertEmpty()
    {
        Assert.Empty(Samples.Dump(_kernel));
        Assert.Equal(new TableCounts(0, 0, 0, 0), _tables.Counts);
    }

    private static uint Reserve(XfrmTables tables, string owner) => tables.ReserveSpi(owner, Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Spi;

    private static uint Install(XfrmTables tables, string owner, uint outbound, XfrmSelector? selector = null)
    {
        uint spi = Reserve(tables, owner);
        Assert.Null(tables.Install(Samples.Child(owner, spi, outbound, selector: selector)).Refusal);
        return spi;
    }

    private static Refusal? InstallRefused(XfrmTables tables, string owner, uint outbound) =>
        tables.Install(Samples.Child(owner, Reserve(tables, owner), outbound)).Refusal;
}
