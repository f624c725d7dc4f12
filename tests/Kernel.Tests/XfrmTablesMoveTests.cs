using System.Net;

namespace Concentrator.Kernel.Tests;

/// <summary>
/// A child goes on elsewhere with the same keys, counters and window: it moves whole or not at all, its policies are never absent, no sequence number is
/// used twice.
/// </summary>
public sealed class XfrmTablesMoveTests : IDisposable
{
    internal const uint OutboundSpi = 0x20000001;

    private static readonly IPAddress NewUs = IPAddress.Parse("198.51.100.1");
    private static readonly IPAddress NewPeer = IPAddress.Parse("203.0.113.2");
    private static readonly ChildPath Plain = Path(Samples.Us, Samples.Peer, false);
    private static readonly ChildPath Encapsulated = Path(Samples.Us, Samples.Peer, true);

    private readonly MemoryXfrmBackend _backend = new();
    private readonly XfrmTables _tables;
    private uint _inboundSpi;

    public XfrmTablesMoveTests() => _tables = new XfrmTables(_backend, new XfrmTablesOptions());

    public static readonly Dictionary<string, (ChildPath From, ChildPath To)> Moves = new()
    {
        ["our address"] = (Plain, Path(NewUs, Samples.Peer, false)),
        ["the peer's address"] = (Plain, Path(Samples.Us, NewPeer, false)),
        ["both addresses"] = (Plain, Path(NewUs, NewPeer, false)),
        ["the peer's port"] = (Encapsulated, Path(Samples.Us, Samples.Peer, true, remotePort: 61_234)),
        ["the peer's address and port"] = (Encapsulated, Path(Samples.Us, NewPeer, true, remotePort: 61_234)),
        ["behind a NAT"] = (Plain, Path(NewUs, Samples.Peer, true)),
        ["out of a NAT"] = (Encapsulated, Path(NewUs, Samples.Peer, false)),
        ["a NAT alone"] = (Plain, Encapsulated),
    };

    public static TheoryData<string> Kinds => [.. Moves.Keys];

    internal static readonly Dictionary<string, Func<XfrmRequest, bool>> Steps = new()
    {
        ["reading in"] = r => r is ReadSa { Direction: XfrmDirection.In },
        ["reading out"] = r => r is ReadSa { Direction: XfrmDirection.Out },
        ["deleting in"] = r => r is DeleteSa d && d.Id.Spi != OutboundSpi,
        ["deleting out"] = r => r is DeleteSa { Id.Spi: OutboundSpi },
        ["adding in"] = r => r is AddSa { Sa.Direction: XfrmDirection.In } or UpdateSa { Sa.Direction: XfrmDirection.In },
        ["adding out"] = r => r is AddSa { Sa.Direction: XfrmDirection.Out } or UpdateSa { Sa.Direction: XfrmDirection.Out },
        ["policy out"] = r => r is UpdatePolicy { Policy.Direction: XfrmDirection.Out },
        ["policy in"] = r => r is UpdatePolicy { Policy.Direction: XfrmDirection.In },
        ["policy fwd"] = r => r is UpdatePolicy { Policy.Direction: XfrmDirection.Forward },
    };

    public static TheoryData<string, string, int, int> Faults
    {
        get
        {
            TheoryData<string, string, int, int> data = [];
            foreach (string kind in Moves.Keys)
                foreach (string step in Steps.Keys)
                    foreach (int error in new[] { Errno.EINVAL, Errno.ENOMEM, Errno.EPERM, Errno.ETIMEDOUT })
                        foreach (int times in new[] { 1, int.MaxValue }) data.Add(kind, step, error, times);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void All_of_a_child_moves_with_its_keys_and_counters(string kind)
    {
        (ChildPath from, ChildPath to) = Moves[kind];
        Install(from);
        (SaSpec inBefore, SaSpec outBefore) = (ReadIn(from), ReadOut(from));
        int calls = _backend.History.Count;
        Assert.True(_tables.Move("child", to).Succeeded);

        AssertAt(to);
        (SaSpec inAfter, SaSpec outAfter) = (ReadIn(to), ReadOut(to));
        Assert.Equal(inBefore.Algorithms.Cipher!.Key, inAfter.Algorithms.Cipher!.Key);
        Assert.Equal(outBefore.Algorithms.Authenticator!.Key, outAfter.Algorithms.Authenticator!.Key);
        Assert.Equal(inBefore.Progress, inAfter.Progress);
        Assert.InRange(outAfter.Progress!.Sent - outBefore.Progress!.Sent, 0ul, SaMover.SequenceGap);
        Assert.Equal(outBefore.Progress with { Sent = outAfter.Progress.Sent }, outAfter.Progress);
        Assert.DoesNotContain(_backend.History.Skip(calls), call => call.Request is DeletePolicy);
        Assert.Equal("child", _tables.OwnerOf(new SaId(to.Local.Address, _inboundSpi)));
        Assert.Equal("child", _tables.OwnerOf(new SaId(to.Remote.Address, OutboundSpi)));

        _tables.Sweep("child");
        Assert.Empty(Samples.Dump(_backend));
        Assert.Equal(new TableCounts(0, 0, 0, 0), _tables.Counts);
    }

    [Fact]
    public void New_ports_are_one_update_of_each_sa_and_nothing_is_deleted()
    {
        (ChildPath from, ChildPath to) = Moves["the peer's port"];
        Install(from);
        int calls = _backend.History.Count;
        Assert.True(_tables.Move("child", to).Succeeded);
        Assert.Equal(2, _backend.History.Skip(calls).Count(call => call.Request is UpdateSa));
        Assert.DoesNotContain(_backend.History.Skip(calls), call => call.Request is DeleteSa or AddSa);
    }

    [Fact]
    public void Without_esn_no_number_is_left_out_beyond_the_last()
    {
        (ChildPath from, ChildPath to) = Moves["the peer's address"];
        Install(from);
        SaProgress progress = ReadOut(from).Progress!;
        _backend.Advance(new SaId(from.Remote.Address, OutboundSpi), progress with { Sent = uint.MaxValue - 5 });
        Assert.True(_tables.Move("child", to).Succeeded);
        Assert.Equal(uint.MaxValue, ReadOut(to).Progress!.Sent);
    }

    [Fact]
    public void A_move_to_where_it_is_asks_for_nothing_but_a_look()
    {
        Install(Plain);
        int calls = _backend.History.Count;
        Assert.True(_tables.Move("child", Plain).Succeeded);
        Assert.All(_backend.History.Skip(calls), call => Assert.IsType<ReadSa>(call.Request));
        Assert.True(_tables.Move("nobody", Plain).Succeeded);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Whatever_is_refused_a_child_is_there_or_here_or_known_to_be_lost(string kind, string step, int error, int times)
    {
        (ChildPath from, ChildPath to) = Moves[kind];
        Install(from);
        string before = Dump();
        ulong sent = ReadOut(from).Progress!.Sent;
        int calls = _backend.History.Count;
        _backend.Refuse(Steps[step], error, times: times);
        MoveResult result = _tables.Move("child", to);
        _backend.ClearFaults();
        _tables.RetryQuarantine();

        Assert.DoesNotContain(_backend.History.Skip(calls), call => call.Request is DeletePolicy);
        Assert.Equal(3, _backend.DumpPolicies().Count);
        if (result.Succeeded) AssertAt(to);
        else if (!result.IsLost) Assert.Equal(before, Dump());
        if (times == 1) Assert.False(result.IsLost, "one refusal is undone");
        if (!result.IsLost) Assert.True(ReadOut(result.Succeeded ? to : from).Progress!.Sent >= sent);

        _tables.Sweep("child");
        Assert.Empty(Samples.Dump(_backend));
        Assert.Equal(new TableCounts(0, 0, 0, 0), _tables.Counts);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Lost_answers_are_looked_into(string kind)
    {
        (ChildPath from, ChildPath to) = Moves[kind];
        foreach (XfrmStep step in new[] { XfrmStep.InboundSa, XfrmStep.OutboundSa, XfrmStep.Removal, XfrmStep.OutboundPolicy, XfrmStep.InboundPolicy, XfrmStep.ForwardPolicy })
        {
            Install(from);
            _backend.LoseAnswer(step);
            MoveResult result = _tables.Move("child", to);
            Assert.False(result.IsLost, $"{step}");
            AssertAt(result.Succeeded ? to : from);
            _backend.ClearFaults();
            _tables.Sweep("child");
            Assert.Empty(Samples.Dump(_backend));
        }
    }

    [Fact]
    public void Traffic_that_met_the_gap_leaves_a_larval_sa_which_is_filled_or_removed()
    {
        foreach (string kind in new[] { "our address", "the peer's address" })
        {
            (ChildPath from, ChildPath to) = Moves[kind];
            Install(from);
            bool met = false;
            void Meet(XfrmCall call)
            {
                if (met || call.Request is not DeleteSa { Id.Spi: OutboundSpi } delete) return;
                met = true;
                _backend.Execute(new AllocateSpi(from.Local.Address, delete.Id.Destination, XfrmMode.Tunnel, 7, OutboundSpi, OutboundSpi));
            }

            _backend.CallExecuted += Meet;
            Assert.True(_tables.Move("child", to).Succeeded);
            _backend.CallExecuted -= Meet;
            Assert.True(met);
            Assert.Equal(2, _backend.DumpSas().Count);
            AssertAt(to);
            _tables.Sweep("child");
        }
    }

    [Fact]
    public void An_sa_that_vanished_is_lost()
    {
        Install(Plain);
        _backend.Execute(new DeleteSa(new SaId(Samples.Peer, OutboundSpi)));
        Assert.True(_tables.Move("child", Moves["our address"].To).IsLost);
    }

    [Fact]
    public void Keys_that_were_read_are_zeroed()
    {
        Install(Plain);
        List<byte[]> keys = [];
        _backend.CallExecuted += call =>
        {
            if (call.Reply.Spec is { } spec) keys.Add(spec.Algorithms.Cipher!.Key);
        };
        Assert.True(_tables.Move("child", Moves["both addresses"].To).Succeeded);
        Assert.Equal(4, keys.Count);
        Assert.All(keys, key => Assert.All(key, octet => Assert.Equal(0, octet)));
    }

    [Fact]
    public void Of_two_children_that_share_policies_each_moves_and_the_newer_stays_in_force()
    {
        Install(Plain);
        uint newer = _tables.ReserveSpi("newer", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Spi;
        Assert.True(_tables.Install(Samples.Child("newer", newer, OutboundSpi + 1)).Succeeded);
        _tables.RetireOutbound("child");
        ChildPath to = Moves["both addresses"].To;
        Assert.True(_tables.Move("child", to).Succeeded);
        Assert.True(_tables.Move("newer", to).Succeeded);
        Assert.Equal(3, _backend.DumpSas().Count);
        Assert.Equal(OutboundSpi + 1, Assert.Single(_backend.DumpPolicies(), p => p.Key.Direction == XfrmDirection.Out).Spi);
        Assert.All(_backend.DumpPolicies(), AssertPolicyAt(to));
        _tables.Sweep("newer");
        Assert.All(_backend.DumpPolicies(), AssertPolicyAt(to));
    }

    [Fact]
    public void A_transport_mode_child_stays_where_it_is()
    {
        uint spi = _tables.ReserveSpi("child", Samples.Peer, Samples.Us, XfrmMode.Transport, 7, default).Spi;
        ChildSaSpec child = Samples.Child("child", spi);
        child = child with { Inbound = child.Inbound with { Mode = XfrmMode.Transport }, Outbound = child.Outbound with { Mode = XfrmMode.Transport } };
        Assert.True(_tables.Install(child).Succeeded);
        string before = Dump();
        MoveResult result = _tables.Move("child", Moves["our address"].To);
        Assert.Equal((Errno.EINVAL, false), (result.Refusal!.Error, result.IsLost));
        Assert.Equal(before, Dump());
    }

    [Fact]
    public void A_larval_sa_at_our_old_address_goes_when_its_child_is_installed_at_the_new_one()
    {
        XfrmTables tables = new(_backend, new XfrmTablesOptions { SpiAllocation = SpiAllocation.Kernel });
        uint spi = tables.ReserveSpi("child", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Spi;
        ChildSaSpec child = Samples.Child("child", spi);
        Assert.True(tables.Install(child with { Inbound = child.Inbound with { Destination = NewUs } }).Succeeded);
        Assert.Equal(2, _backend.DumpSas().Count);
        Assert.All(_backend.DumpSas(), sa => Assert.False(sa.IsLarval));
    }

    public void Dispose() => _backend.Dispose();

    private static ChildPath Path(IPAddress local, IPAddress remote, bool encapsulation, ushort remotePort = 4500) =>
        new(new IPEndPoint(local, 4500), new IPEndPoint(remote, remotePort), encapsulation);

    private void Install(ChildPath path)
    {
        _inboundSpi = _tables.ReserveSpi("child", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Spi;
        EspAlgorithms algorithms = EspAlgorithms.AesCbc([.. Enumerable.Repeat((byte)1, 32)], EspAlgorithms.HmacSha256([.. Enumerable.Repeat((byte)2, 32)]));
        ChildSaSpec child = Samples.Child("child", _inboundSpi, OutboundSpi);
        child = child with
        {
            Inbound = path.PlaceOf(XfrmDirection.In).Apply(child.Inbound) with { Algorithms = algorithms },
            Outbound = path.PlaceOf(XfrmDirection.Out).Apply(child.Outbound) with { Algorithms = algorithms.Copy() },
        };
        Assert.True(_tables.Install(child).Succeeded);
        _backend.Advance(child.Inbound.Id, new SaProgress(0, 900, [0xffff0001], 90_000, 900, 1_700_000_000, 1_700_000_001));
        _backend.Advance(child.Outbound.Id, new SaProgress(1_000, 0, [], 100_000, 1_000, 1_700_000_000, 1_700_000_001));
    }

    private SaSpec ReadIn(ChildPath path) => _backend.Execute(new ReadSa(new SaId(path.Local.Address, _inboundSpi), XfrmDirection.In)).Spec!;

    private SaSpec ReadOut(ChildPath path) => _backend.Execute(new ReadSa(new SaId(path.Remote.Address, OutboundSpi), XfrmDirection.Out)).Spec!;

    private void AssertAt(ChildPath path)
    {
        Assert.Equal(2, _backend.DumpSas().Count);
        Assert.Equal(path.PlaceOf(XfrmDirection.In), SaPlace.Of(ReadIn(path)));
        Assert.Equal(path.PlaceOf(XfrmDirection.Out), SaPlace.Of(ReadOut(path)));
        Assert.All(_backend.DumpPolicies(), AssertPolicyAt(path));
    }

    private static Action<PolicyInfo> AssertPolicyAt(ChildPath path) => policy =>
    {
        SaPlace place = path.PlaceOf(policy.Key.Direction == XfrmDirection.Out ? XfrmDirection.Out : XfrmDirection.In);
        Assert.Equal((place.Source, place.Destination), policy.Tunnel);
    };

    /// <summary>All but how far an outbound SA has come: a number may be left out.</summary>
    private string Dump() => string.Join('\n', _backend.DumpSas()
        .Select(sa => _backend.Execute(new ReadSa(sa.Id, sa.Id.Spi == OutboundSpi ? XfrmDirection.Out : XfrmDirection.In)).Spec!)
        .Select(sa => $"{sa} {sa.Encapsulation} {sa.Progress!.Received} {sa.Progress.Bytes} {sa.Progress.AddedAt}")
        .Concat(_backend.DumpPolicies().Select(p => p.ToString())).Order());
}
