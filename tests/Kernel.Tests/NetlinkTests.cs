using System.Net;
using Concentrator.Kernel.Netlink;

namespace Concentrator.Kernel.Tests;

/// <summary>
/// The machine's own kernel over netlink, in a namespace of the test's own. What is true of any kernel is asserted; for ESP itself both answers are
/// allowed, because some kernels have it.
/// </summary>
public sealed class NetlinkTests
{
    [Fact]
    public void An_spi_is_allocated_found_and_given_back() => InKernel(backend =>
    {
        XfrmReply reply = backend.Execute(new AllocateSpi(Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, 0xc0000000, 0xcfffffff));
        Assert.True(reply.Succeeded, reply.ToString());
        Assert.InRange(reply.Spi, 0xc0000000, 0xcfffffff);
        SaId id = new(Samples.Us, reply.Spi);
        Assert.Equal(id, Assert.Single(backend.DumpSas()).Id);
        Assert.Equal(id, backend.Execute(new GetSa(id)).Sa!.Id);
        Assert.True(backend.Execute(new DeleteSa(id)).Succeeded);
        Assert.Equal(Errno.ESRCH, backend.Execute(new DeleteSa(id)).Error);
        Assert.Equal(Errno.ESRCH, backend.Execute(new GetSa(id)).Error);
    });

    [Fact]
    public void An_sa_without_keys_is_not_read_whole() => InKernel(backend =>
    {
        SaId id = new(Samples.Us, backend.Execute(new AllocateSpi(Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, 0xc0000000, 0xcfffffff)).Spi);
        XfrmReply reply = backend.Execute(new ReadSa(id, XfrmDirection.In));
        Assert.Equal((Errno.EACCES, null), (reply.Error, reply.Spec));
        Assert.Equal(Errno.ESRCH, backend.Execute(new ReadSa(id with { Spi = 0x42 }, XfrmDirection.In)).Error);
    });

    [Fact]
    public void A_policy_moves_to_other_ends_in_place() => InKernel(backend =>
    {
        PolicySpec policy = Samples.Policy(XfrmDirection.Out);
        Assert.True(backend.Execute(new AddPolicy(policy)).Succeeded);
        IPAddress elsewhere = IPAddress.Parse("203.0.113.9");
        Assert.True(backend.Execute(new UpdatePolicy(policy with { TunnelDestination = elsewhere })).Succeeded);
        PolicyInfo told = Assert.Single(backend.DumpPolicies());
        Assert.Equal((Samples.Us, elsewhere), told.Tunnel);
    });

    [Fact]
    public void Policies_are_added_changed_told_and_removed() => InKernel(backend =>
    {
        XfrmSelector web = new(IPNetwork.Parse("10.1.0.0/24"), IPNetwork.Parse("10.2.0.0/16"), 6, 0, 0, 443, 0xffff);
        XfrmSelector v6 = new(IPNetwork.Parse("fd01::/64"), IPNetwork.Parse("fd02::/48"), 17, 500, 0xffff);
        foreach (PolicySpec policy in new[] { Samples.Policy(XfrmDirection.Out, web), Samples.Policy(XfrmDirection.In, v6), Samples.Policy(XfrmDirection.Forward) })
        {
            Assert.True(backend.Execute(new AddPolicy(policy)).Succeeded);
            Assert.Equal(Errno.EEXIST, backend.Execute(new AddPolicy(policy)).Error);
            Assert.True(backend.Execute(new UpdatePolicy(policy with { ReqId = 9 })).Succeeded);
            PolicyInfo told = Assert.Single(backend.DumpPolicies());
            Assert.Equal((policy.Key, policy.Priority, 9u), (told.Key, told.Priority, told.ReqId));
            Assert.Equal((policy.TunnelSource, policy.TunnelDestination), told.Tunnel);
            Assert.True(backend.Execute(new DeletePolicy(policy.Key)).Succeeded);
            Assert.Equal(Errno.ENOENT, backend.Execute(new DeletePolicy(policy.Key)).Error);
        }
    });

    [Fact]
    public void Many_requests_in_one_call_are_answered_each_by_itself_and_in_order() => InKernel(backend =>
    {
        List<XfrmRequest> requests = [];
        for (int i = 0; i < 200; i++) requests.Add(new AddPolicy(Samples.Policy(XfrmDirection.Out, Selector(i))));
        requests.Insert(100, new DeleteSa(new SaId(Samples.Us, 0x42)));
        XfrmReply[] replies = new XfrmReply[requests.Count];
        backend.Execute(requests.ToArray(), replies);
        Assert.Equal(Errno.ESRCH, replies[100].Error);
        Assert.Equal(200, replies.Count(r => r.Succeeded));
        Assert.Equal(200, backend.DumpPolicies().Count);
    });

    [Fact]
    public void Thousands_of_policies_are_told_whole() => InKernel(backend =>
    {
        XfrmRequest[] requests = [.. Enumerable.Range(0, 3000).Select(i => new AddPolicy(Samples.Policy(XfrmDirection.Out, Selector(i))))];
        backend.Execute(requests, new XfrmReply[requests.Length]);
        Assert.Equal(3000, backend.DumpPolicies().Count);
    });

    [Fact]
    public void What_the_kernel_refuses_it_names_and_nothing_stays() => InKernel(backend =>
    {
        foreach (SpiAllocation allocation in Enum.GetValues<SpiAllocation>())
        {
            foreach (EspAlgorithms algorithms in new[] { Samples.Cbc(), Samples.Gcm(), new EspAlgorithms(new KernelAlgorithm("no(such)", new byte[20], 128), null, null) })
            {
                XfrmTables tables = new(backend, new XfrmTablesOptions { SpiAllocation = allocation });
                SpiResult spi = tables.ReserveSpi("child", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default);
                InstallResult result = tables.Install(Samples.Child("child", spi.Spi, algorithms: algorithms));
                if (result.Refusal is { } refusal)
                {
                    Assert.Equal((XfrmStep.InboundSa, RefusalCause.Permanent), (refusal.Step, refusal.Cause));
                    Assert.NotEmpty(refusal.ExtAck);
                    Assert.Contains("modprobe", refusal.Hint + "modprobe, or propose another", StringComparison.Ordinal);
                    Assert.Equal(new TableCounts(0, 0, 0, 0), tables.Counts);
                }
                else
                {
                    Assert.Equal((2, 3), (backend.DumpSas().Count, backend.DumpPolicies().Count));
                    tables.SweepAll();
                }

                Assert.Empty(Samples.Dump(backend));
            }
        }
    });

    [Fact]
    public void An_unknown_algorithm_is_refused_in_the_kernels_own_words() => InKernel(backend =>
    {
        var unknown = new EspAlgorithms(new KernelAlgorithm("no(such)", new byte[20], 128), null, null);
        XfrmReply reply = backend.Execute(new AddSa(Samples.Sa(XfrmDirection.Out, 0x1000, algorithms: unknown)));
        Assert.Equal(Errno.ENOSYS, reply.Error);
        Assert.Equal("Requested AEAD algorithm not found", reply.ExtAck);
    });

    [Fact]
    public void A_larval_sa_expires_and_the_kernel_tells_us() => InKernel(backend =>
    {
        // The calling thread's network namespace decides which one /proc/sys/net shows.
        File.WriteAllText("/proc/sys/net/core/xfrm_acq_expires", "1");
        using BlockingEvents events = new(backend);
        XfrmReply reply = backend.Execute(new AllocateSpi(Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, 0xc0000000, 0xcfffffff));
        Expire expired = events.Next<Expire>();
        Assert.Equal((new SaId(Samples.Us, reply.Spi), true), (expired.Id, expired.Hard));
        Assert.Empty(backend.DumpSas());
    });

    [Fact]
    public void Traffic_that_has_a_policy_but_no_sa_is_told() => InKernel(backend =>
    {
        using BlockingEvents events = new(backend);
        NetworkNamespace.Ip("link add v0 type veth peer name v1");
        NetworkNamespace.Ip("addr add 192.0.2.1/24 dev v0");
        NetworkNamespace.Ip("link set v0 up");
        NetworkNamespace.Ip("link set v1 up");
        XfrmSelector toPeer = new(IPNetwork.Parse("192.0.2.1/32"), IPNetwork.Parse("192.0.2.2/32"), 17, 0, 0, 999, 0xffff);
        Assert.True(backend.Execute(new AddPolicy(Samples.Policy(XfrmDirection.Out, toPeer, reqId: 77))).Succeeded);
        using UdpSocket sender = UdpSocket.Bind(new IPEndPoint(Samples.Us, 0), new UdpSocketOptions());
        sender.Send([1, 2, 3], default, UdpEndpoint.From(new IPEndPoint(Samples.Peer, 999)));
        Acquire acquire = events.Next<Acquire>();
        Assert.Equal((77u, "192.0.2.2"), (acquire.ReqId, acquire.Destination.ToString()));
    });

    [Fact]
    public void A_trap_asks_once_names_the_packet_exactly_and_asks_again_when_nobody_answered() => InKernel(backend =>
    {
        File.WriteAllText("/proc/sys/net/core/xfrm_acq_expires", "1");
        using BlockingEvents events = new(backend);
        NetworkNamespace.Ip("link add v0 type veth peer name v1");
        NetworkNamespace.Ip("addr add 192.0.2.1/24 dev v0");
        NetworkNamespace.Ip("link set v0 up");
        NetworkNamespace.Ip("link set v1 up");
        NetworkNamespace.Ip("addr add 10.1.0.1/24 dev lo");
        NetworkNamespace.Ip("route add 10.2.0.0/24 via 192.0.2.2");
        XfrmTables tables = new(backend, new XfrmTablesOptions());
        Assert.Null(tables.SetTrap(new TrapSpec("trap", Samples.Us, Samples.Peer, XfrmMode.Tunnel, 77, [Samples.Net])));
        Assert.Equal(3, backend.DumpPolicies().Count);
        using UdpSocket sender = UdpSocket.Bind(new IPEndPoint(IPAddress.Parse("10.1.0.1"), 40001), new UdpSocketOptions());
        for (int i = 0; i < 20; i++) Send(sender, 999);

        Acquire acquire = events.Next<Acquire>();
        XfrmSelector packet = new(IPNetwork.Parse("10.1.0.1/32"), IPNetwork.Parse("10.2.0.9/32"), 17, 40001, 0xffff, 999, 0xffff);
        Assert.Equal((77u, packet), (acquire.ReqId, acquire.Packet));
        // The first event after it is the end of what the kernel noted: no second question came.
        XfrmEvent next = events.Next<XfrmEvent>();
        Assert.Equal((0u, 77u, true), next is Expire expired ? (expired.Id.Spi, expired.ReqId, expired.Hard) : default);

        Send(sender, 998);
        Assert.Equal(998, events.Next<Acquire>().Packet.DestinationPort);
        tables.SweepAll();
        Assert.Empty(backend.DumpPolicies());
    });

    [Fact]
    public void A_trap_that_the_kernel_refuses_says_so_and_leaves_nothing() => InKernel(backend =>
    {
        XfrmTables tables = new(backend, new XfrmTablesOptions());
        using NetlinkXfrmBackend other = NetlinkXfrmBackend.Open();
        Assert.True(other.Execute(new AddPolicy(Samples.Policy(XfrmDirection.Forward, Samples.Net.Reverse(), reqId: 5))).Succeeded);
        Refusal refusal = tables.SetTrap(new TrapSpec("trap", Samples.Us, Samples.Peer, XfrmMode.Tunnel, 77, [Samples.Net]))!;
        Assert.Equal((XfrmStep.ForwardPolicy, Errno.EEXIST), (refusal.Step, refusal.Error));
        Assert.Equal(5u, Assert.Single(backend.DumpPolicies()).ReqId);
    });

    /// <summary>The kernel may say that there is no way: the question is out all the same.</summary>
    private static void Send(UdpSocket sender, int port) => sender.Send([1, 2, 3], default, UdpEndpoint.From(new IPEndPoint(IPAddress.Parse("10.2.0.9"), port)));

    internal static XfrmSelector Selector(int i) => new(IPNetwork.Parse($"10.{1 + i / 256}.{i % 256}.0/24"), IPNetwork.Parse("172.16.0.0/16"));

    internal static void InKernel(Action<NetlinkXfrmBackend> test) => NetworkNamespace.Run(() =>
    {
        using NetlinkXfrmBackend backend = NetlinkXfrmBackend.Open();
        test(backend);
    });

    internal sealed class BlockingEvents : IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<XfrmEvent> _events = [];

        public BlockingEvents(IXfrmBackend backend) => backend.EventReceived += _events.Add;

        public T Next<T>()
            where T : XfrmEvent
        {
            while (_events.TryTake(out XfrmEvent? next, TimeSpan.FromSeconds(10)))
            {
                if (next is T wanted) return wanted;
            }

            throw new TimeoutException($"no {typeof(T).Name} within 10 s");
        }

        public void Dispose() => _events.Dispose();
    }
}
