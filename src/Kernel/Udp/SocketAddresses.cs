using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel;

// struct sockaddr_in  { sa_family_t family; in_port_t port; struct in_addr addr; char zero[8]; }                                  16 octets
// struct sockaddr_in6 { sa_family_t family; in_port_t port; uint32_t flowinfo; struct in6_addr addr; uint32_t scope_id; }         28 octets

/// <summary>Socket addresses of both families as octets.</summary>
internal static class SocketAddresses
{
    public const int Size = 28;
    private const int Ipv4Size = 16;

    public static int Write(in UdpEndpoint endpoint, Span<byte> destination)
    {
        destination[..Size].Clear();
        MemoryMarshal.Write(destination, endpoint.IsIpv6 ? Constants.AF_INET6 : Constants.AF_INET);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], endpoint.Port);
        endpoint.WriteAddress(destination[(endpoint.IsIpv6 ? 8 : 4)..]);
        if (endpoint.IsIpv6) MemoryMarshal.Write(destination[24..], endpoint.Scope);
        return endpoint.IsIpv6 ? Size : Ipv4Size;
    }

    public static UdpEndpoint Read(ReadOnlySpan<byte> source)
    {
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return MemoryMarshal.Read<ushort>(source) == Constants.AF_INET6
            ? UdpEndpoint.FromIpv6(source.Slice(8, 16), port, MemoryMarshal.Read<uint>(source[24..]))
            : UdpEndpoint.FromIpv4(source.Slice(4, 4), port);
    }
}
