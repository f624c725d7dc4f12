using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Concentrator.Kernel;

/// <summary>
/// Datagrams to leave in one system call. It keeps where they are, not what they are: their memory is the caller's, pinned or native, until they are
/// sent. For one thread; takes no memory after it was made.
/// </summary>
internal sealed unsafe class UdpSendBatch : IDisposable
{
    public const int Size = 64;

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(Size, (nuint)(sizeof(UdpSocket.mmsghdr) + sizeof(iovec) + SocketAddresses.Size + UdpSocket.ControlSize));
    private bool _isDisposed;

    public int Count { get; private set; }

    public bool IsFull => Count == Size;

    internal UdpSocket.mmsghdr* Messages => (UdpSocket.mmsghdr*)_memory;

    private iovec* Vectors => (iovec*)(Messages + Size);

    private byte* Controls => (byte*)(Vectors + Size);

    private byte* Names => Controls + Size * UdpSocket.ControlSize;

    public void Add(Span<byte> datagram, in UdpEndpoint local, in UdpEndpoint remote, byte trafficClass)
    {
        byte* name = Names + Count * SocketAddresses.Size, control = Controls + Count * UdpSocket.ControlSize;
        Vectors[Count] = new iovec { iov_base = System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(datagram)), iov_len = datagram.Length };
        int controlLength = PacketInfo.Write(local, new Span<byte>(control, UdpSocket.ControlSize));
        if (trafficClass != 0) controlLength += PacketInfo.WriteTrafficClass(local.IsIpv6, trafficClass, new Span<byte>(control + controlLength, UdpSocket.ControlSize - controlLength));
        Messages[Count] = new UdpSocket.mmsghdr
        {
            msg_hdr = new msghdr
            {
                msg_name = name,
                msg_namelen = SocketAddresses.Write(remote, new Span<byte>(name, SocketAddresses.Size)),
                msg_iov = &Vectors[Count],
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = controlLength,
            },
        };
        Count++;
    }

    public void Clear() => Count = 0;

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        NativeMemory.Free(_memory);
    }
}
