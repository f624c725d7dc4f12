using System.Diagnostics;
using System.Net;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>The backend on the machine's own kernel: a real TUN device, real routes, real datagrams, in a namespace of the test's own.</summary>
public sealed class UserspaceBackendTests
{
    [Fact]
    public void A_device_a_rule_and_routes_come_and_go() => NetworkNamespace.Run(() =>
    {
        NetworkNamespace.Ip("link add v0 mtu 1400 type veth peer name v1");
        NetworkNamespace.Ip("link set v0 up");
        NetworkNamespace.Ip("addr add 10.1.0.9/32 dev lo");
        string before = State();
        using (UserspaceXfrmBackend backend = UserspaceXfrmBackend.Open())
        {
            Assert.Contains($"{backend.Device}: <POINTOPOINT,UP,LOWER_UP> mtu 1280", Ip("link show"), StringComparison.Ordinal);
            XfrmSelector v6 = new(IPNetwork.Parse("fd01::/64"), IPNetwork.Parse("fd02::/64")), shared = Samples.Net with { Source = IPNetwork.Parse("10.9.0.0/24") };
            foreach (XfrmSelector selector in new[] { Samples.Net, v6, shared }) Assert.True(backend.Execute(new AddPolicy(Samples.Policy(XfrmDirection.Out, selector))).Succeeded);
            // Our own packets go from an address that the policy is for; where we have none the kernel chooses.
            Assert.Contains($"10.2.0.0/24 dev {backend.Device} proto static scope link src 10.1.0.9", Ip("route show table 4500"), StringComparison.Ordinal);
            Assert.Contains($"fd02::/64 dev {backend.Device} proto static", Ip("-6 route show table 4500"), StringComparison.Ordinal);
            // A route that two policies need stays with the second.
            Assert.True(backend.Execute(new DeletePolicy(new PolicyKey(Samples.Net, XfrmDirection.Out))).Succeeded);
            Assert.Contains("10.2.0.0/24", Ip("route show table 4500"), StringComparison.Ordinal);
            Assert.True(backend.Execute(new DeletePolicy(new PolicyKey(shared, XfrmDirection.Out))).Succeeded);
            Assert.Equal("", Ip("route show table 4500"));
        }

        Assert.Equal(before, State());
    });

    [Fact]
    public void What_a_killed_process_left_behind_is_taken_away_and_a_device_that_somebody_deletes_comes_back() => NetworkNamespace.Run(() =>
    {
        // What stays of one: the rule, and the routes to nowhere.
        NetworkNamespace.Ip("rule add not fwmark 0x4500 lookup 4500 priority 4500");
        NetworkNamespace.Ip("route add unreachable 10.77.0.0/16 table 4500 metric 2147483647");
        NetworkNamespace.Ip("-6 route add unreachable fd77::/64 table 4500 metric 2147483647");
        using TestGateway gateway = new();
        Assert.Equal("", Ip("route show table 4500") + Ip("-6 route show table 4500"));

        XfrmTables tables = new(gateway.Backend, new XfrmTablesOptions());
        Assert.Null(tables.Install(TestGateway.Child()).Refusal);
        Assert.Contains("unreachable 10.2.0.0/16", Ip("route show table 4500"), StringComparison.Ordinal);
        NetworkNamespace.Ip($"link del {gateway.Backend.Device}");
        Stopwatch watch = Stopwatch.StartNew();
        while (!Ip("route show table 4500").Contains($"10.2.0.0/16 dev {gateway.Backend.Device}", StringComparison.Ordinal))
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), "the device did not come back");
        using UdpSocket socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Any, 0), new UdpSocketOptions());
        Assert.Equal(0, socket.Send([9], default, UdpEndpoint.From(new IPEndPoint(IPAddress.Parse("10.2.0.1"), 2000))));
        Assert.Equal([9], gateway.NextAtPeer()[28..]);
        tables.SweepAll();
        Assert.Equal("", Ip("route show table 4500"));
    });

    [Fact]
    public void A_route_that_the_kernel_refuses_takes_its_policy_along() => NetworkNamespace.Run(() =>
    {
        using UserspaceXfrmBackend backend = UserspaceXfrmBackend.Open();
        File.WriteAllText($"/proc/sys/net/ipv6/conf/{backend.Device}/disable_ipv6", "1");
        XfrmSelector v6 = new(IPNetwork.Parse("fd01::/64"), IPNetwork.Parse("fd02::/64"));
        XfrmReply refused = backend.Execute(new AddPolicy(Samples.Policy(XfrmDirection.Out, v6)));
        Assert.NotEqual(Errno.Ok, refused.Error);
        Assert.Contains("fd02::/64", refused.ExtAck, StringComparison.Ordinal);
        Assert.Empty(backend.DumpPolicies());
    });

    [Fact]
    public void A_child_is_installed_whole_and_swept_whole_and_one_without_a_socket_is_refused() => NetworkNamespace.Run(() =>
    {
        using TestGateway gateway = new();
        foreach (SpiAllocation allocation in Enum.GetValues<SpiAllocation>())
        {
            XfrmTables tables = new(gateway.Backend, new XfrmTablesOptions { SpiAllocation = allocation, LowestSpi = TestGateway.ToUs, HighestSpi = TestGateway.ToUs });
            Assert.Equal(TestGateway.ToUs, tables.ReserveSpi("child", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Spi);
            Assert.Null(tables.Install(TestGateway.Child()).Refusal);
            Assert.Equal((2, 3), (gateway.Backend.DumpSas().Count, gateway.Backend.DumpPolicies().Count));
            tables.SweepAll();
            Assert.Equal(new TableCounts(0, 0, 0, 0), tables.Counts);
            Assert.Equal("", Samples.Dump(gateway.Backend));

            ChildSaSpec child = TestGateway.Child();
            Refusal refusal = tables.Install(child with { Outbound = child.Outbound with { Encapsulation = new UdpEncapsulation(4501, 4500) } }).Refusal!;
            Assert.Equal((XfrmStep.OutboundSa, Errno.EINVAL), (refusal.Step, refusal.Error));
            Assert.Equal("", Samples.Dump(gateway.Backend));
        }
    });

    [Fact]
    public void Packets_of_this_host_pass_through_the_tunnel_both_ways() => NetworkNamespace.Run(() =>
    {
        using TestGateway gateway = new();
        XfrmTables tables = new(gateway.Backend, new XfrmTablesOptions());
        Assert.Null(tables.Install(TestGateway.Child()).Refusal);
        using UdpSocket socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Parse("10.1.0.1"), 1000), new UdpSocketOptions());
        Assert.Equal(0, socket.Send([1, 2, 3], default, UdpEndpoint.From(new IPEndPoint(IPAddress.Parse("10.2.0.1"), 2000))));
        Assert.Equal([1, 2, 3], gateway.NextAtPeer()[28..]);

        byte[] reply = [];
        Thread reader = new(() => socket.Run((Span<byte> payload, in UdpEndpoint _, in UdpEndpoint remote, byte _) =>
        {
            reply = payload.ToArray();
            socket.Stop();
        }));
        reader.Start();
        gateway.SendFromPeer(IpPackets.Udp("10.2.0.1", "10.1.0.1", 5, 2000, 1000));
        Assert.True(reader.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal([0, 1, 2, 3, 4], reply);
        Assert.Equal([1ul, 1ul], gateway.Backend.DumpSas().Select(sa => sa.Packets));
        // Counted once it is written, when its reader may have it already.
        Assert.True(SpinWait.SpinUntil(() => gateway.Backend.Counters[EspVerdict.Delivered] == 2, TimeSpan.FromSeconds(10)));
    });

    [Fact]
    public void A_packet_that_wants_an_sa_is_sent_when_the_sa_comes() => NetworkNamespace.Run(() =>
    {
        using TestGateway gateway = new();
        PolicySpec trap = Samples.Policy(XfrmDirection.Out, TestGateway.Outward, TestGateway.ReqId);
        Assert.True(gateway.Backend.Execute(new AddPolicy(trap)).Succeeded);
        using UdpSocket socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Any, 0), new UdpSocketOptions());
        Assert.Equal(0, socket.Send([7], default, UdpEndpoint.From(new IPEndPoint(IPAddress.Parse("10.2.0.1"), 2000))));
        Assert.True(gateway.Events.TryTake(out XfrmEvent? told, TimeSpan.FromSeconds(10)));
        // The source was the route's to choose.
        Acquire acquire = Assert.IsType<Acquire>(told);
        Assert.Equal((TestGateway.ReqId, "10.1.0.1/32", "10.2.0.1/32", (ushort)2000), (acquire.ReqId, acquire.Packet.Source.ToString(), acquire.Packet.Destination.ToString(), acquire.Packet.DestinationPort));
        Assert.True(gateway.Backend.Execute(new AddSa(TestGateway.Sa(XfrmDirection.Out))).Succeeded);
        Assert.Equal([7], gateway.NextAtPeer()[28..]);
    });

    [Fact]
    public void What_the_tunnel_carries_for_its_own_ends_does_not_catch_the_tunnel() => NetworkNamespace.Run(() =>
    {
        using TestGateway gateway = new();
        // Everything, the peer's address included.
        XfrmSelector all = new(IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("0.0.0.0/0"));
        Assert.True(gateway.Backend.Execute(new AddSa(TestGateway.Sa(XfrmDirection.Out))).Succeeded);
        Assert.True(gateway.Backend.Execute(new AddPolicy(Samples.Policy(XfrmDirection.Out, all, TestGateway.ReqId) with { Spi = TestGateway.ToPeer })).Succeeded);
        using UdpSocket socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Parse("10.1.0.1"), 0), new UdpSocketOptions());
        for (int i = 0; i < 10; i++) Assert.Equal(0, socket.Send([(byte)i], default, UdpEndpoint.From(new IPEndPoint(IPAddress.Parse("10.2.0.1"), 2000))));
        for (int i = 0; i < 10; i++) Assert.Equal(i, gateway.NextAtPeer()[28]);
        Assert.Equal(10ul, Assert.Single(gateway.Backend.DumpSas()).Packets);
    });

    [Fact]
    public void It_ends_at_once_amid_traffic() => NetworkNamespace.Run(() =>
    {
        TestGateway gateway = new();
        XfrmTables tables = new(gateway.Backend, new XfrmTablesOptions());
        Assert.Null(tables.Install(TestGateway.Child()).Refusal);
        using UdpSocket socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Any, 0), new UdpSocketOptions());
        for (int i = 0; i < 2000; i++) socket.Send(new byte[1000], default, UdpEndpoint.From(new IPEndPoint(IPAddress.Parse("10.2.0.1"), 2000)));
        Stopwatch watch = Stopwatch.StartNew();
        gateway.Dispose();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    });

    [Fact]
    public void The_kernel_is_chosen_by_what_it_can_do() => NetworkNamespace.Run(() =>
    {
        using UserspaceXfrmBackend asked = (UserspaceXfrmBackend)KernelSelection.Open(KernelKind.Userspace, Seal.Random()).Backend;
        Assert.Equal("userspace", asked.Name);
        KernelSelection chosen = KernelSelection.Open(KernelKind.Auto, Seal.Random());
        using IXfrmBackend backend = chosen.Backend;
        using Netlink.NetlinkXfrmBackend netlink = Netlink.NetlinkXfrmBackend.Open(Seal.Random());
        bool kernelHasEsp = AlgorithmProbe.Try(netlink, EspPair.Gcm()).Accepted;
        Assert.Equal(kernelHasEsp ? "netlink" : "userspace", backend.Name);
        Assert.Contains(kernelHasEsp ? "XFRM with ESP is here" : "the kernel has no ESP", chosen.Why, StringComparison.Ordinal);
    });

    private static string State() => Ip("link show") + Ip("rule") + Ip("-6 rule") + Ip("route show table all") + Ip("-6 route show table all");

    private static string Ip(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
