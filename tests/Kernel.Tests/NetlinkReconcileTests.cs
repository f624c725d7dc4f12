using System.Net;
using Concentrator.Kernel.Netlink;

namespace Concentrator.Kernel.Tests;

/// <summary>
/// Telling ours from others', and what to do when the kernel's words are lost, on the machine's own kernel. It need have no ESP: policies and larval SAs are
/// real everywhere.
/// </summary>
public sealed class NetlinkReconcileTests
{
    private static readonly Seal Ours = Seal.Of("192.0.2.1 500 4500");

    [Fact]
    public void The_kernel_keeps_our_seal_and_others_have_none() => NetworkNamespace.Run(() =>
    {
        using NetlinkXfrmBackend backend = NetlinkXfrmBackend.Open(Ours), other = NetlinkXfrmBackend.Open();
        PolicySpec policy = Samples.Policy(XfrmDirection.Out);
        Assert.True(backend.Execute(new AddPolicy(policy)).Succeeded);
        XfrmReply allocated = backend.Execute(new AllocateSpi(Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, 0xc0000000, 0xcfffffff));
        // As another daemon, and as an operator.
        other.Execute(new AddPolicy(policy with { Direction = XfrmDirection.In }));
        NetworkNamespace.Ip("xfrm policy add src 10.9.0.0/24 dst 10.8.0.0/24 dir out tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid 7 mode tunnel");
        NetworkNamespace.Ip("xfrm state allocspi src 192.0.2.2 dst 192.0.2.1 proto esp reqid 7 mode tunnel min 0xc0000000 max 0xc00000ff");

        // Whoever has the name has the seal, in another life too.
        using NetlinkXfrmBackend again = NetlinkXfrmBackend.Open(Seal.Of("192.0.2.1 500 4500"));
        Assert.Equal(policy.Key, Assert.Single(again.DumpPolicies(), p => p.IsOurs == true).Key);
        Assert.Equal(allocated.Spi, Assert.Single(again.DumpSas(), sa => sa.IsOurs == true).Id.Spi);
        Assert.Equal((3, 2), (again.DumpPolicies().Count, again.DumpSas().Count));
        Assert.True(again.Execute(new GetPolicy(policy.Key)).Policy!.Fits(policy));
        Assert.Equal((Samples.Us, Samples.Peer), again.Execute(new GetPolicy(policy.Key)).Policy!.Tunnel);
        Assert.Equal(Errno.ENOENT, again.Execute(new GetPolicy(new PolicyKey(Samples.Net, XfrmDirection.Forward))).Error);
        NetworkNamespace.Ip("xfrm policy update src 10.1.0.0/24 dst 10.2.0.0/24 dir out tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid 7 mode tunnel");
        Assert.False(again.Execute(new GetPolicy(policy.Key)).Policy!.IsOurs);
    });

    [Fact]
    public void What_a_killed_node_left_goes_and_nothing_else() => NetworkNamespace.Run(() =>
    {
        using (NetlinkXfrmBackend killed = NetlinkXfrmBackend.Open(Ours))
        {
            for (int i = 0; i < 300; i++)
            {
                killed.Execute(new AddPolicy(Samples.Policy(XfrmDirection.Out, NetlinkTests.Selector(i))));
                killed.Execute(new AllocateSpi(Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, 0xc0000000, 0xcfffffff));
            }
        }

        // In the same range of SPIs and with the same reqid.
        using NetlinkXfrmBackend foreign = NetlinkXfrmBackend.Open();
        foreign.Execute(new AddPolicy(Samples.Policy(XfrmDirection.In)));
        foreign.Execute(new AllocateSpi(Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, 0xc0000000, 0xcfffffff));
        using UdpSocket bypass = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions(XfrmBypass: true));
        string others = string.Join('\n', foreign.DumpSas().Where(sa => sa.IsOurs == true)) + string.Join('\n', foreign.DumpPolicies().Where(p => p.IsOurs == true));

        using NetlinkXfrmBackend backend = NetlinkXfrmBackend.Open(Ours);
        XfrmTables tables = new(backend, new XfrmTablesOptions { SpiAllocation = SpiAllocation.Kernel });
        uint reserved = tables.ReserveSpi("new", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, default).Spi;
        ReconciliationReport report = tables.Reconcile();
        Assert.Equal((600, 0), (report.Removed, report.Lost.Count));
        Assert.Equal(others, string.Join('\n', foreign.DumpSas().Where(sa => sa.IsOurs == true)) + string.Join('\n', foreign.DumpPolicies().Where(p => p.IsOurs == true)));
        Assert.Equal((2, 1), (backend.DumpSas().Count, backend.DumpPolicies().Count));
        Assert.Contains(reserved, backend.DumpSas().Select(sa => sa.Id.Spi));
        Assert.True(tables.Reconcile().IsQuiet);
    });

    [Fact]
    public void Requests_are_served_while_a_dump_is_read() => NetlinkTests.InKernel(backend =>
    {
        XfrmRequest[] requests = [.. Enumerable.Range(0, 2000).Select(i => new AddPolicy(Samples.Policy(XfrmDirection.Out, NetlinkTests.Selector(i))))];
        backend.Execute(requests, new XfrmReply[requests.Length]);
        int told = 0;
        foreach (PolicyInfo policy in ((IXfrmBackend)backend).StreamPolicies())
        {
            told++;
            PolicyKey extra = Samples.Policy(XfrmDirection.In, NetlinkTests.Selector(told)).Key;
            Assert.True(backend.Execute(new AddPolicy(Samples.Policy(XfrmDirection.In, extra.Selector))).Succeeded);
            Assert.True(backend.Execute(new DeletePolicy(extra)).Succeeded);
            Assert.True(backend.Execute(new GetPolicy(policy.Key)).Succeeded);
        }

        Assert.InRange(told, 2000, 2001);
    });

    [Fact]
    public void A_dump_that_was_not_read_to_its_end_does_not_disturb_the_next() => NetlinkTests.InKernel(backend =>
    {
        XfrmRequest[] requests = [.. Enumerable.Range(0, 2000).Select(i => new AddPolicy(Samples.Policy(XfrmDirection.Out, NetlinkTests.Selector(i))))];
        backend.Execute(requests, new XfrmReply[requests.Length]);
        using (IEnumerator<PolicyInfo> left = backend.StreamPolicies().GetEnumerator()) Assert.True(left.MoveNext());
        Assert.Empty(backend.DumpSas());
        Assert.Equal(2000, backend.DumpPolicies().Count);
    });

    // The kernel did as it was asked, and its answers were dropped: what became of the requests is not known to us, and is looked up.
    [Fact]
    public void Answers_that_were_dropped_leave_nothing_behind() => NetworkNamespace.Run(() =>
    {
        using NetlinkXfrmBackend backend = NetlinkXfrmBackend.Open(Ours, requestBuffer: 1, eventBuffer: 1 << 20);
        XfrmRequest[] requests = [.. Enumerable.Range(0, 60).Select(i => new AddPolicy(Samples.Policy(XfrmDirection.Out, NetlinkTests.Selector(i))))];
        XfrmReply[] replies = new XfrmReply[requests.Length];
        long started = Environment.TickCount64;
        backend.Execute(requests, replies);
        Assert.Contains(replies, reply => reply.Error == Errno.ETIMEDOUT);
        Assert.Contains(replies, reply => reply.Succeeded);
        Assert.InRange(Environment.TickCount64 - started, 0, 1000);
        Assert.Equal(60, backend.DumpPolicies().Count);

        // What comes after is answered as ever.
        Assert.Equal(Errno.EEXIST, backend.Execute(requests[59]).Error);
        Assert.Equal(60, new XfrmTables(backend, new XfrmTablesOptions()).Reconcile().Removed);
        Assert.Empty(backend.DumpPolicies());
    });

    [Fact]
    public void Events_that_overflow_are_told_and_what_was_missed_is_found() => NetworkNamespace.Run(() =>
    {
        // The calling thread's network namespace decides which one /proc/sys/net shows.
        File.WriteAllText("/proc/sys/net/core/xfrm_acq_expires", "1");
        using NetlinkXfrmBackend backend = NetlinkXfrmBackend.Open(Ours, requestBuffer: 1 << 20, eventBuffer: 1);
        using ManualResetEventSlim flooded = new(), lost = new();
        int expired = 0;
        backend.EventReceived += told =>
        {
            // The first keeps the thread busy until all the others have been told to a full buffer.
            if (told is Expire && Interlocked.Increment(ref expired) == 1) flooded.Wait(TimeSpan.FromSeconds(10));
            if (told is EventsLost) lost.Set();
        };
        for (int i = 0; i < 400; i++)
            Assert.True(backend.Execute(new AllocateSpi(Samples.Peer, Samples.Us, XfrmMode.Tunnel, 7, 0xc0000000, 0xcfffffff)).Succeeded);
        long end = Environment.TickCount64 + 10_000;
        while (backend.DumpSas().Count > 0 && Environment.TickCount64 < end) Thread.Yield();
        Assert.Empty(backend.DumpSas());
        flooded.Set();
        Assert.True(lost.Wait(TimeSpan.FromSeconds(10)), $"no EventsLost; {expired} events came");
        Assert.InRange(expired, 1, 399);
    }, TimeSpan.FromMinutes(1));
}
