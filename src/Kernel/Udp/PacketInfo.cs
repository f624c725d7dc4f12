using System.Runtime.InteropServices;
using static Tmds.Linux.LibC;

namespace Concentrator.Kernel;

// struct cmsghdr    { size_t len; int level; int type; }                                      16 octets, data behind it
// struct in_pktinfo { unsigned int ifindex; struct in_addr spec_dst; struct in_addr addr; }   IP_PKTINFO
// struct in6_pktinfo{ struct in6_addr addr; unsigned int ifindex; }                           IPV6_PKTINFO
// IP_TOS: one octet when received; IPV6_TCLASS: an int.

/// <summary>The control messages that tell, or ask for, the local address of a datagram and its traffic class.</summary>
internal static class PacketInfo
{
    private const int HeaderSize = 16;
    private const int Ipv4Size = 12;
    private const int Ipv6Size = 20;

    public static int Write(in UdpEndpoint local, Span<byte> control)
    {
        int size = local.IsIpv6 ? Ipv6Size : Ipv4Size;
        control.Clear();
        MemoryMarshal.Write(control, (nint)(HeaderSize + size));
        MemoryMarshal.Write(control[8..], local.IsIpv6 ? IPPROTO_IPV6 : IPPROTO_IP);
        MemoryMarshal.Write(control[12..], local.IsIpv6 ? IPV6_PKTINFO : IP_PKTINFO);
        local.WriteAddress(control[(local.IsIpv6 ? HeaderSize : HeaderSize + 4)..]);
        if (local.IsIpv6) MemoryMarshal.Write(control[(HeaderSize + 16)..], local.Scope);
        return (HeaderSize + size + 7) & ~7;
    }

    public static int WriteTrafficClass(bool isIpv6, byte trafficClass, Span<byte> control)
    {
        control.Clear();
        MemoryMarshal.Write(control, (nint)(HeaderSize + sizeof(int)));
        MemoryMarshal.Write(control[8..], isIpv6 ? IPPROTO_IPV6 : IPPROTO_IP);
        MemoryMarshal.Write(control[12..], isIpv6 ? IPV6_TCLASS : IP_TOS);
        MemoryMarshal.Write(control[HeaderSize..], (int)trafficClass);
        return HeaderSize + 8;
    }

    /// <summary>The address that the datagram came to, with the socket's port; the wildcard where the kernel did not say.</summary>
    public static UdpEndpoint Read(ReadOnlySpan<byte> control, ushort port, bool isIpv6, out byte trafficClass)
    {
        UdpEndpoint local = new(0, port, isIpv6);
        trafficClass = 0;
        while (control.Length >= HeaderSize)
        {
            int length = (int)MemoryMarshal.Read<nint>(control);
            if (length < HeaderSize || length > control.Length) break;
            int level = MemoryMarshal.Read<int>(control[8..]);
            int type = MemoryMarshal.Read<int>(control[12..]);
            ReadOnlySpan<byte> data = control[HeaderSize..length];
            if (level == IPPROTO_IP && type == IP_PKTINFO && data.Length >= Ipv4Size) local = UdpEndpoint.FromIpv4(data.Slice(8, 4), port);
            if (level == IPPROTO_IP && type == IP_TOS && data.Length >= 1) trafficClass = data[0];
            if (level == IPPROTO_IPV6 && type == IPV6_TCLASS && data.Length >= sizeof(int)) trafficClass = (byte)MemoryMarshal.Read<int>(data);
            if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO && data.Length >= Ipv6Size)
            {
                bool linkLocal = data[0] == 0xfe && (data[1] & 0xc0) == 0x80;
                local = UdpEndpoint.FromIpv6(data[..16], port, linkLocal ? MemoryMarshal.Read<uint>(data[16..]) : 0);
            }

            control = control[Math.Min((length + 7) & ~7, control.Length)..];
        }

        return local;
    }
}
