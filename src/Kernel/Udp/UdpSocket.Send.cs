using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Concentrator.Kernel;

public sealed unsafe partial class UdpSocket
{
    internal const int ControlSize = 64;

    /// <summary>How long a full buffer may keep a batch waiting.</summary>
    private const int SendPatienceMs = 10;

    /// <summary>
    /// Sends one datagram from the local address (any: the route decides) to the remote one. 0, or the errno; nothing blocks: a full buffer is
    /// EAGAIN, and IKE sends again by itself.
    /// </summary>
    public int Send(ReadOnlySpan<byte> payload, in UdpEndpoint local, in UdpEndpoint remote)
    {
        byte* name = stackalloc byte[SocketAddresses.Size];
        byte* control = stackalloc byte[ControlSize];
        int nameLength = SocketAddresses.Write(remote, new Span<byte>(name, SocketAddresses.Size));
        int controlLength = local.IsAnyAddress ? 0 : PacketInfo.Write(local, new Span<byte>(control, ControlSize));
        fixed (byte* start = payload)
        {
            var vector = new iovec { iov_base = start, iov_len = payload.Length };
            var message = new msghdr
            {
                msg_name = name,
                msg_namelen = nameLength,
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = controlLength == 0 ? null : control,
                msg_controllen = controlLength,
            };
            long sent = sendmsg(_descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
            return sent < 0 ? errno : 0;
        }
    }

    /// <summary>
    /// Sends a batch, which is empty afterwards, and returns how many of it were taken. One that is refused by itself is skipped; a full buffer is waited
    /// for a moment, then the rest is dropped, as a full queue of the kernel's would drop it.
    /// </summary>
    internal int SendBatch(UdpSendBatch batch)
    {
        int taken = 0;
        bool hasWaited = false;
        for (int next = 0; next < batch.Count;)
        {
            int count = sendmmsg(_descriptor, batch.Messages + next, (uint)(batch.Count - next), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count > 0)
            {
                next += count;
                taken += count;
                continue;
            }

            int error = errno;
            if (error == Errno.EINTR) continue;
            if (error != Errno.EAGAIN) next++;
            else if (hasWaited) break;
            else WaitWritable();
            hasWaited |= error == Errno.EAGAIN;
        }

        batch.Clear();
        return taken;
    }

    private void WaitWritable()
    {
        pollfd* waits = stackalloc pollfd[2];
        waits[0] = new pollfd { fd = _descriptor, events = POLLOUT };
        waits[1] = new pollfd { fd = _stop, events = POLLIN };
        _ = poll(waits, 2, SendPatienceMs);
    }

#pragma warning disable IDE1006 // C names
    [DllImport("libc", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sendmmsg(int sockfd, mmsghdr* msgvec, uint vlen, int flags);
#pragma warning restore IDE1006
}
