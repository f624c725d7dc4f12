using Concentrator.Kernel.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Concentrator.Kernel.Netlink;

/// <summary>A netlink socket of the network namespace of the thread that opened it. Not thread-safe but for <see cref="Dispose"/>.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    public const int LargeBuffer = 4 << 20;

    private int _descriptor;

    private NetlinkSocket(int descriptor) => _descriptor = descriptor;

    /// <summary>NETLINK_XFRM.</summary>
    /// <param name="groups">Multicast groups as bits, 0 for a socket that only answers.</param>
    /// <param name="receiveBuffer">Octets that may wait to be read; what is beyond is lost, and told as ENOBUFS.</param>
    /// <exception cref="XfrmException">The kernel has no XFRM, or this process may not use it.</exception>
    public static NetlinkSocket Open(uint groups, int receiveBuffer = LargeBuffer) => Open(
        Constants.NETLINK_XFRM, groups, receiveBuffer, errno => $"this kernel has no XFRM over netlink ({Errno.NameOf(errno)}): modprobe xfrm_user, or use --kernel userspace");

    /// <summary>NETLINK_ROUTE.</summary>
    /// <param name="groups">Multicast groups as bits, 0 for a socket that only answers.</param>
    /// <exception cref="XfrmException">It cannot be had.</exception>
    public static NetlinkSocket OpenRoute(uint groups = 0) => Open(Constants.NETLINK_ROUTE, groups, LargeBuffer, errno => $"no rtnetlink ({Errno.NameOf(errno)})");

    private static NetlinkSocket Open(int protocol, uint groups, int receiveBuffer, Func<int, string> explain)
    {
        int descriptor = socket(Constants.AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        if (descriptor < 0) throw new XfrmException(errno, explain(errno));
        var opened = new NetlinkSocket(descriptor);
        opened.Set(Constants.SOL_NETLINK, Constants.NETLINK_EXT_ACK, 1);
        opened.Set(Constants.SOL_NETLINK, Constants.NETLINK_CAP_ACK, 1);
        // Forced past net.core.rmem_max where we may.
        if (!opened.Set(SOL_SOCKET, Constants.SO_RCVBUFFORCE, receiveBuffer)) opened.Set(SOL_SOCKET, SO_RCVBUF, receiveBuffer);
        var address = new sockaddr_nl { nl_family = Constants.AF_NETLINK, nl_groups = groups };
        if (bind(descriptor, (sockaddr*)&address, sizeof(sockaddr_nl)) == 0) return opened;
        int error = errno;
        opened.Dispose();
        throw new XfrmException(error, $"cannot bind to netlink: {Errno.TextOf(error)}");
    }

    /// <summary>0, or the errno. The kernel carries the messages out before this returns.</summary>
    public int Send(ReadOnlySpan<byte> messages)
    {
        fixed (byte* start = messages)
        {
            long sent;
            do
            {
                sent = send(_descriptor, start, messages.Length, 0);
            }
            while (sent < 0 && errno == Errno.EINTR);

            return sent < 0 ? errno : 0;
        }
    }

    /// <summary>
    /// The length of the next datagram, or minus the errno: ETIMEDOUT when none comes within the time, ENOBUFS when something was lost. Signals do not count.
    /// </summary>
    public int Receive(Span<byte> buffer, TimeSpan wait)
    {
        long end = Environment.TickCount64 + (long)wait.TotalMilliseconds;
        int length;
        do
        {
            length = ReceiveOnce(buffer, (int)Math.Max(0, end - Environment.TickCount64));
        }
        while (length == -Errno.EINTR);

        return length;
    }

    private int ReceiveOnce(Span<byte> buffer, int milliseconds)
    {
        var poll = new pollfd { fd = _descriptor, events = POLLIN };
        int ready = LibC.poll(&poll, 1, milliseconds);
        if (ready == 0) return -Errno.ETIMEDOUT;
        if (ready < 0) return -errno;
        fixed (byte* start = buffer)
        {
            long received = recv(_descriptor, start, buffer.Length, MSG_DONTWAIT | MSG_TRUNC);
            if (received < 0) return -errno;
            return received > buffer.Length ? -Errno.ENOBUFS : (int)received;
        }
    }

    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0) _ = close(descriptor);
    }

    private bool Set(int level, int option, int value) => setsockopt(_descriptor, level, option, &value, sizeof(int)) == 0;
}
