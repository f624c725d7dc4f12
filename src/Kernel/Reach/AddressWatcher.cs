using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Concentrator.Kernel.Native;
using Concentrator.Kernel.Netlink;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel;

/// <summary>
/// Addresses, links and routes of the network namespace of the thread that starts it, told by rtnetlink. It has a thread of its own, which waits until a
/// change has settled and then looks: what was told counts for nothing but that something has happened, so that a lost event does no harm.
/// </summary>
public sealed class AddressWatcher : IAddressSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    /// <summary>A host whose routes never come to rest is looked at all the same.</summary>
    private const int MostInARow = 10;

    private readonly NetlinkSocket _events;
    private readonly RouteSocket _questions;
    private readonly Thread _thread;
    private IReadOnlyList<IPAddress> _current;
    private volatile bool _stopping;

    private AddressWatcher(NetlinkSocket events, RouteSocket questions)
    {
        (_events, _questions) = (events, questions);
        _current = questions.ReachableAddresses();
        _thread = new Thread(Watch) { IsBackground = true, Name = "addresses" };
    }

    public IReadOnlyList<IPAddress> Current => Volatile.Read(ref _current);

    public event Action<bool>? Changed;

    /// <exception cref="XfrmException">There is no rtnetlink.</exception>
    public static AddressWatcher Start()
    {
        NetlinkSocket events = NetlinkSocket.OpenRoute(
            Bit(Constants.RTNLGRP_LINK) | Bit(Constants.RTNLGRP_IPV4_IFADDR) | Bit(Constants.RTNLGRP_IPV6_IFADDR)
            | Bit(Constants.RTNLGRP_IPV4_ROUTE) | Bit(Constants.RTNLGRP_IPV6_ROUTE));
        try
        {
            AddressWatcher watcher = new(events, new RouteSocket());
            watcher._thread.Start();
            return watcher;
        }
        catch
        {
            events.Dispose();
            throw;
        }
    }

    public IPAddress? SourceTowards(IPAddress remote) => Routes.SourceTowards(remote);

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _events.Dispose();
        _questions.Dispose();
    }

    private static uint Bit(uint group) => 1u << (int)(group - 1);

    private void Watch()
    {
        byte[] buffer = new byte[64 * 1024];
        while (!_stopping)
        {
            if (_events.Receive(buffer, Patience) is < 0 and not -Errno.ENOBUFS) continue;
            for (int i = 0; i < MostInARow && !_stopping && _events.Receive(buffer, Quiet) != -Errno.ETIMEDOUT; i++)
            {
            }

            Look();
        }
    }

    private void Look()
    {
        List<IPAddress> found = _questions.ReachableAddresses();
        bool areOthers = !found.SequenceEqual(_current);
        if (areOthers) Volatile.Write(ref _current, found);
        Changed?.Invoke(areOthers);
    }
}

/// <summary>What the kernel's routes say.</summary>
public static class Routes
{
    /// <inheritdoc cref="IAddressSource.SourceTowards"/>
    public static IPAddress? SourceTowards(IPAddress remote)
    {
        using Socket probe = new(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        Mark(probe);
        try
        {
            probe.Connect(remote, 9);
            return ((IPEndPoint)probe.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>As what carries the tunnels: routes into them may cover the peer's own address. Who may not mark has no such routes.</summary>
    private static void Mark(Socket probe)
    {
        try
        {
            Span<byte> mark = stackalloc byte[sizeof(uint)];
            MemoryMarshal.Write(mark, TunnelRoutes.Mark);
            probe.SetRawSocketOption(Constants.SOL_SOCKET, Constants.SO_MARK, mark);
        }
        catch (SocketException)
        {
        }
    }
}
