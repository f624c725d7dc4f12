using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Concentrator.Kernel.Userspace;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Concentrator.Kernel;

/// <summary>Tells the neighbours on an Ethernet where an address is now.</summary>
internal static unsafe class Announcement
{
    public const int HardwareLength = 6;

    private const ushort EtherTypeArp = 0x0806;
    private const ushort Ethernet = 1;
    private const ushort EtherTypeIpv4 = 0x0800;
    private const ushort ArpRequest = 1;
    private const byte NeighborAdvertisement = 136;
    private const byte Override = 0x20;
    private const byte TargetLinkLayerAddress = 2;
    private const int MulticastHops = 255;

    /// <summary>0, or the errno.</summary>
    public static int Send(in LinkEntry link, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? SendArp(link, address) : SendAdvertisement(link, address);

    // RFC 826, RFC 5227 §3: an announcement is a request whose sender and target are both the address, broadcast.
    //  0  hardware type 1 | 2  protocol 0x0800 | 4  length 6 | 5  length 4 | 6  operation 1
    //  8  sender hardware | 14 sender address  | 18 target hardware 0      | 24 target address
    private static int SendArp(in LinkEntry link, IPAddress address)
    {
        Span<byte> packet = stackalloc byte[28];
        packet.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet, Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], EtherTypeIpv4);
        packet[4] = HardwareLength;
        packet[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], ArpRequest);
        link.Hardware.CopyTo(packet[8..]);
        address.TryWriteBytes(packet[14..], out _);
        address.TryWriteBytes(packet[24..], out _);

        ushort protocol = BinaryPrimitives.ReverseEndianness(EtherTypeArp);
        int descriptor = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0) return errno;
        sockaddr_ll broadcast = new() { sll_family = (ushort)AF_PACKET, sll_protocol = protocol, sll_ifindex = link.Index, sll_halen = HardwareLength };
        for (int i = 0; i < HardwareLength; i++) broadcast.sll_addr[i] = 0xff;
        fixed (byte* start = packet)
        {
            int error = sendto(descriptor, start, packet.Length, 0, (sockaddr*)&broadcast, sizeof(sockaddr_ll)) < 0 ? errno : 0;
            _ = close(descriptor);
            return error;
        }
    }

    // RFC 4861 §4.4, §7.2.6: type 136, code, checksum (the kernel's), flags with O, the target; option 2 with the new hardware address; to all nodes.
    private static int SendAdvertisement(in LinkEntry link, IPAddress address)
    {
        byte[] packet = new byte[32];
        packet[0] = NeighborAdvertisement;
        packet[4] = Override;
        address.TryWriteBytes(packet.AsSpan(8), out _);
        packet[24] = TargetLinkLayerAddress;
        packet[25] = 1;
        link.Hardware.CopyTo(packet.AsSpan(26));
        try
        {
            using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, link.Index);
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, MulticastHops);
            socket.Bind(new IPEndPoint(address, 0));
            socket.SendTo(packet, new IPEndPoint(IPAddress.Parse($"ff02::1%{link.Index}"), 0));
            return 0;
        }
        catch (SocketException refused)
        {
            return refused.NativeErrorCode;
        }
    }
}
