using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Concentrator.Kernel;

/// <summary>An address and a port as a value: comparing, hashing and passing it on allocates nothing.</summary>
/// <param name="Bits">The address in network order; an IPv4 address in the lowest 32 bits.</param>
/// <param name="Port">In host order.</param>
/// <param name="IsIpv6">Which family <paramref name="Bits"/> is of.</param>
/// <param name="Scope">IPv6 scope id of link-local addresses, else 0.</param>
public readonly record struct UdpEndpoint(UInt128 Bits, ushort Port, bool IsIpv6, uint Scope = 0)
{
    public bool IsAnyAddress => Bits == 0;

    public static UdpEndpoint From(IPEndPoint endpoint)
    {
        Span<byte> octets = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(octets, out int length);
        return endpoint.AddressFamily == AddressFamily.InterNetwork
            ? FromIpv4(octets[..length], (ushort)endpoint.Port)
            : FromIpv6(octets, (ushort)endpoint.Port, (uint)endpoint.Address.ScopeId);
    }

    public static UdpEndpoint FromIpv4(ReadOnlySpan<byte> address, ushort port) => new(BinaryPrimitives.ReadUInt32BigEndian(address), port, false);

    public static UdpEndpoint FromIpv6(ReadOnlySpan<byte> address, ushort port, uint scope) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(address), port, true, scope);

    /// <summary>Writes 4 or 16 octets and returns how many.</summary>
    public int WriteAddress(Span<byte> destination)
    {
        if (IsIpv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);
            return 16;
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Bits);
        return 4;
    }

    public IPAddress ToAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        int length = WriteAddress(octets);
        return IsIpv6 && Scope != 0 ? new IPAddress(octets, Scope) : new IPAddress(octets[..length]);
    }

    public IPEndPoint ToIPEndPoint() => new(ToAddress(), Port);

    public override string ToString() => ToIPEndPoint().ToString();
}
