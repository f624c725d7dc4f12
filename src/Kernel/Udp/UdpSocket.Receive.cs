using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Concentrator.Kernel;

public sealed unsafe partial class UdpSocket
{
    private const int BatchSize = 32;
    private const int LargestDatagram = 65536;

    /// <summary>
    /// Reads until <see cref="Stop"/>, handing each datagram to <paramref name="handler"/> on this thread; up to 32 a system call, nothing
    /// allocated for any. A datagram that the kernel had to cut is dropped.
    /// </summary>
    public void Run(DatagramHandler handler)
    {
        byte* memory = (byte*)NativeMemory.Alloc(BatchSize, LargestDatagram + SocketAddresses.Size + ControlSize);
        try
        {
            mmsghdr* messages = stackalloc mmsghdr[BatchSize];
            iovec* vectors = stackalloc iovec[BatchSize];
            while (WaitReadable())
            {
                Lay(messages, vectors, memory);
                int count = recvmmsg(_descriptor, messages, BatchSize, MSG_DONTWAIT, null);
                for (int i = 0; i < count; i++) Hand(messages[i], handler);
            }
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>Makes <see cref="Run"/> return.</summary>
    public void Stop()
    {
        ulong one = 1;
        _ = write(_stop, &one, sizeof(ulong));
    }

    private bool WaitReadable()
    {
        pollfd* waits = stackalloc pollfd[2];
        waits[0] = new pollfd { fd = _descriptor, events = POLLIN };
        waits[1] = new pollfd { fd = _stop, events = POLLIN };
        int ready = poll(waits, 2, -1);
        if (ready < 0) return errno == Errno.EINTR;
        return waits[1].revents == 0;
    }

    private static void Lay(mmsghdr* messages, iovec* vectors, byte* memory)
    {
        for (int i = 0; i < BatchSize; i++)
        {
            byte* datagram = memory + i * (long)(LargestDatagram + SocketAddresses.Size + ControlSize);
            vectors[i] = new iovec { iov_base = datagram, iov_len = LargestDatagram };
            messages[i] = new mmsghdr
            {
                msg_hdr = new msghdr
                {
                    msg_name = datagram + LargestDatagram,
                    msg_namelen = SocketAddresses.Size,
                    msg_iov = &vectors[i],
                    msg_iovlen = 1,
                    msg_control = datagram + LargestDatagram + SocketAddresses.Size,
                    msg_controllen = ControlSize,
                },
            };
        }
    }

    private void Hand(in mmsghdr message, DatagramHandler handler)
    {
        msghdr header = message.msg_hdr;
        if ((header.msg_flags & MSG_TRUNC) != 0) return;
        UdpEndpoint remote = SocketAddresses.Read(new ReadOnlySpan<byte>(header.msg_name, SocketAddresses.Size));
        var control = new ReadOnlySpan<byte>(header.msg_control, (int)(uint)header.msg_controllen);
        UdpEndpoint local = PacketInfo.Read(control, (ushort)LocalEndPoint.Port, _isIpv6, out byte trafficClass);
        handler(new Span<byte>(header.msg_iov->iov_base, (int)message.msg_len), local, remote, trafficClass);
    }

#pragma warning disable IDE1006, CS8981 // C names
    [StructLayout(LayoutKind.Sequential)]
    internal struct mmsghdr
    {
        public msghdr msg_hdr;
        public uint msg_len;
    }

    [DllImport("libc", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int recvmmsg(int sockfd, mmsghdr* msgvec, uint vlen, int flags, void* timeout);
#pragma warning restore IDE1006, CS8981
}
