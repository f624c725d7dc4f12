using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Concentrator.Kernel;

public sealed unsafe partial class UdpSocket
{
    private const int ControlSize = 64;

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
}
