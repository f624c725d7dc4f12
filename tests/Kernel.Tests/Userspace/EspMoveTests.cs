using System.Net;
using System.Reflection;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>A child with ESP in user space goes on elsewhere: what was received stays received, no number is used twice, and it grows no younger.</summary>
public sealed class EspMoveTests : IDisposable
{
    private const uint ToUs = 0xc0000001;

    private static readonly XfrmSelector Outward = new(IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("10.2.0.0/16"));
    private static readonly XfrmSelector Inward = new(Outward.Destination, Outward.Source);
    private static readonly ChildPath Home = Path("192.0.2.1", "192.0.2.2");

    private readonly ManualTime _time = new();
    private readonly MovingEnd _us;
    private readonly MovingEnd _peer;

    public EspMoveTests()
    {
        _us = new MovingEnd(_time, Outward, ToUs, XfrmTablesMoveTests.OutboundSpi);
        _peer = new MovingEnd(_time, Inward, XfrmTablesMoveTests.OutboundSpi, ToUs);
    }

    private static readonly Dictionary<string, ChildPath> Places = new()
    {
        ["our address"] = Path("198.51.100.1", "192.0.2.2"),
        ["the peer's address"] = Path("192.0.2.1", "203.0.113.2"),
        ["both addresses"] = Path("198.51.100.1", "203.0.113.2"),
        ["the peer's port"] = Path("192.0.2.1", "192.0.2.2", 61_234),
        ["the peer's address and port"] = Path("192.0.2.1", "203.0.113.2", 61_234),
        ["the other family"] = Path("2001:db8::1", "2001:db8::2"),
    };

    public static TheoryData<string, string, bool> Kinds
    {
        get
        {
            TheoryData<string, string, bool> data = [];
            foreach (string place in Places.Keys)
                foreach (string algorithms in new[] { "aes128gcm16", "chacha20poly1305", "aes256-sha512" })
                    foreach (bool esn in new[] { false, true }) data.Add(place, algorithms, esn);
            return data;
        }
    }

    public static TheoryData<string, string, int, int> Faults
    {
        get
        {
            TheoryData<string, string, int, int> data = [];
            foreach (string place in Places.Keys)
                foreach (string step in XfrmTablesMoveTests.Steps.Keys)
                    foreach (int error in new[] { Errno.EINVAL, Errno.ENOMEM, Errno.ETIMEDOUT })
                        foreach (int times in new[] { 1, int.MaxValue }) data.Add(place, step, error, times);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Both_ends_move_and_packets_go_on(string place, string algorithms, bool esn)
    {
        ChildPath to = Places[place];
        Install(algorithms, esn);
        List<WirePacket> sent = [.. Enumerable.Range(0, 10).Select(_ => _us.Send())], answers = [.. Enumerable.Range(0, 10).Select(_ => _peer.Send())];
        // The fifth and the last are still under way.
        foreach (int i in new[] { 0, 1, 2, 3, 5, 6, 7, 8 })
        {
            Assert.Equal(EspVerdict.Delivered, _peer.Receive(sent[i]));
            Assert.Equal(EspVerdict.Delivered, _us.Receive(answers[i]));
        }

        (SaSpec before, SaSpec inBefore) = (_us.ReadOut(Home), _us.ReadIn(Home));
        Assert.True(_us.Tables.Move("child", to).Succeeded);
        Assert.True(_peer.Tables.Move("child", Mirror(to)).Succeeded);
        _us.AssertAt(to);
        _peer.AssertAt(Mirror(to));
        (SaSpec after, SaSpec inAfter) = (_us.ReadOut(to), _us.ReadIn(to));
        Assert.Equal((before.Algorithms.ToString(), before.Lifetime, before.ReqId), (after.Algorithms.ToString(), after.Lifetime, after.ReqId));
        Assert.Equal(KeyOf(before), KeyOf(after));
        Assert.Equal(inBefore.Progress! with { Window = [] }, inAfter.Progress! with { Window = [] });
        Assert.Equal(inBefore.Progress.Window, inAfter.Progress.Window);
        Assert.Equal(before.Progress! with { Sent = after.Progress!.Sent, Window = [] }, after.Progress with { Window = [] });
        Assert.Equal(10ul, after.Progress.Packets);

        foreach ((MovingEnd sender, MovingEnd receiver, List<WirePacket> old) in new[] { (_us, _peer, sent), (_peer, _us, answers) })
        {
            // What was caught before the move, thrown in at the new place.
            UdpEndpoint from = sender.Send().From, toNow = sender.Send().To;
            WirePacket Again(int i) => old[i] with { From = from, To = toNow };
            Assert.Equal(EspVerdict.Replayed, receiver.Receive(Again(8)));
            Assert.Equal(EspVerdict.Replayed, receiver.Receive(Again(0)));
            Assert.Equal(EspVerdict.Delivered, receiver.Receive(Again(4)));
            Assert.Equal(EspVerdict.Replayed, receiver.Receive(Again(4)));
            Assert.Equal(EspVerdict.Delivered, receiver.Receive(Again(9)));

            WirePacket next = sender.Send();
            Assert.True(next.Sequence > 10);
            Assert.Equal(EspVerdict.Delivered, receiver.Receive(next));
            Assert.Equal(EspVerdict.Replayed, receiver.Receive(next));
        }

        Assert.Equal(11ul, EspPair.SaOf(_peer.Engine, XfrmTablesMoveTests.OutboundSpi).Packets);
        Assert.DoesNotContain(_us.Events.Concat(_peer.Events), told => told is Mapping);
        foreach (MovingEnd end in new[] { _us, _peer })
        {
            end.Tables.Sweep("child");
            Assert.Equal("", Samples.Dump(end.Backend));
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Whatever_is_refused_no_number_is_used_twice(string place, string step, int error, int times)
    {
        ChildPath to = Places[place];
        Install("aes128gcm16", esn: false);
        uint last = 0;
        for (int i = 0; i < 3; i++) last = _us.Send().Sequence;
        string before = Samples.Dump(_us.Backend);
        int calls = _us.Backend.History.Count;
        _us.Backend.Refuse(XfrmTablesMoveTests.Steps[step], error, times);
        MoveResult result = _us.Tables.Move("child", to);
        _us.Backend.Refuse(_ => false, 0, 0);
        foreach ((_, XfrmReply reply) in _us.Backend.History.Skip(calls).Where(call => call.Reply.Spec is not null))
            Assert.All(KeyOf(reply.Spec!), octet => Assert.Equal(0, octet));
        _us.Tables.RetryQuarantine();

        Assert.DoesNotContain(_us.Backend.History.Skip(calls), call => call.Request is DeletePolicy);
        Assert.Equal(3, _us.Engine.Policies.Count);
        if (times == 1) Assert.False(result.IsLost, "one refusal is undone");
        if (result.Succeeded) _us.AssertAt(to);
        else if (!result.IsLost) Assert.Equal(before, Samples.Dump(_us.Backend));
        if (!result.IsLost) Assert.True(_us.Send().Sequence > last);

        _us.Tables.Sweep("child");
        Assert.Equal("", Samples.Dump(_us.Backend));
    }

    [Theory]
    [InlineData("the peer's port")]
    [InlineData("both addresses")]
    public void Seconds_count_from_when_the_sa_came_to_be(string place)
    {
        Install("aes128gcm16", esn: false, new SaLifetime(SoftSeconds: 60, HardSeconds: 90));
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.True(_us.Tables.Move("child", i % 2 == 0 ? Places[place] : Home).Succeeded);
        }

        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Empty(_us.Events);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([false, false], _us.Events.Cast<Expire>().Select(e => e.Hard));
        _time.Advance(TimeSpan.FromSeconds(28));
        Assert.Equal(2, _us.Engine.Sas.Count);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_us.Engine.Sas);
    }

    [Fact]
    public void Packets_and_octets_count_on_and_a_change_of_ports_tells_no_limit_twice()
    {
        Install("aes128gcm16", esn: false, new SaLifetime(SoftPackets: 3, HardPackets: 6));
        for (int i = 0; i < 4; i++) _us.Send();
        Assert.Single(_us.Events);
        Assert.True(_us.Tables.Move("child", Places["the peer's port"]).Succeeded);
        _us.Send();
        Assert.Single(_us.Events);
        Assert.True(_us.Tables.Move("child", Places["both addresses"]).Succeeded);
        _us.Send();
        _us.Send(out EspVerdict verdict);
        Assert.Equal(EspVerdict.Expired, verdict);
        Assert.True(Assert.IsType<Expire>(_us.Events[^1]).Hard);
    }

    [Fact]
    public void Without_esn_the_number_does_not_come_round()
    {
        using EspPair pair = new();
        SaSpec sa = pair.Spec(XfrmDirection.Out, EspPair.SpiToRight, EspPair.Gcm());
        Assert.True(pair.Left.Perform(new DeleteSa(sa.Id)).Succeeded);
        Assert.True(pair.Left.Perform(new AddSa(sa with { Progress = new SaProgress(uint.MaxValue - 2, 0, [], 0, 0, 1_700_000_000, 0) })).Succeeded);
        byte[] inner = IpPackets.Udp("10.1.0.1", "10.2.0.1");
        pair.FromLeft(inner);
        Assert.False(Assert.IsType<Expire>(Assert.Single(pair.LeftEvents)).Hard);
        byte[] outer = pair.FromLeft(inner);
        Assert.Equal([0xff, 0xff, 0xff, 0xff], outer[4..8]);
        EspPair.Protect(pair.Left, inner, out EspVerdict verdict);
        Assert.Equal(EspVerdict.Expired, verdict);
        Assert.True(Assert.IsType<Expire>(pair.LeftEvents[^1]).Hard);
    }

    [Fact]
    public void Keys_are_told_as_copies_and_zeroed_when_the_sa_goes()
    {
        using EspPair pair = new();
        SaSpec sa = pair.Spec(XfrmDirection.Out, EspPair.SpiToRight, EspPair.Gcm());
        SaSpec read = pair.Left.Perform(new ReadSa(sa.Id, XfrmDirection.Out)).Spec!;
        Assert.Equal(EspPair.Key(20), KeyOf(read));
        read.Algorithms.ZeroKeys();
        Assert.NotEmpty(pair.FromLeft(IpPackets.Udp("10.1.0.1", "10.2.0.1")));
        Assert.Equal(EspPair.Key(20), KeyOf(pair.Left.Perform(new ReadSa(sa.Id, XfrmDirection.Out)).Spec!));
        Assert.Equal(Errno.ESRCH, pair.Left.Perform(new ReadSa(sa.Id with { Spi = 0xc0000077 }, XfrmDirection.Out)).Error);

        InboundSa ended = new(sa, EspTransforms.Create(sa.Algorithms, extended: false, encrypt: false, out _)!, pair.Time);
        SaSpec kept = (SaSpec)typeof(UserspaceSa).GetField("_spec", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(ended)!;
        Assert.Equal(EspPair.Key(20), KeyOf(kept));
        ended.End();
        Assert.All(KeyOf(kept), octet => Assert.Equal(0, octet));
        Assert.Null(ended.Read());
        Assert.Equal(EspPair.Key(20), KeyOf(sa));
    }

    [Fact]
    public void A_larval_sa_has_nothing_to_move()
    {
        using EspPair pair = new();
        uint spi = pair.Left.Perform(new AllocateSpi(pair.RightEnd.Address, pair.LeftEnd.Address, XfrmMode.Tunnel, 9, 0xc0000010, 0xc0000010)).Spi;
        Assert.Equal(Errno.EACCES, pair.Left.Perform(new ReadSa(new SaId(pair.LeftEnd.Address, spi), XfrmDirection.In)).Error);
    }

    public void Dispose()
    {
        _us.Dispose();
        _peer.Dispose();
    }

    private void Install(string algorithms, bool esn, SaLifetime? lifetime = null)
    {
        _us.Install(Home, algorithms, esn, lifetime);
        _peer.Install(Mirror(Home), algorithms, esn, lifetime);
    }

    private static byte[] KeyOf(SaSpec sa) => (sa.Algorithms.Aead ?? sa.Algorithms.Cipher)!.Key;

    private static ChildPath Mirror(ChildPath path) => path with { Local = path.Remote, Remote = path.Local };

    private static ChildPath Path(string local, string remote, ushort remotePort = 4500) =>
        new(new IPEndPoint(IPAddress.Parse(local), 4500), new IPEndPoint(IPAddress.Parse(remote), remotePort), UdpEncapsulation: true);
}
