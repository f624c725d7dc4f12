using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Concentrator.Ike.Selectors;

/// <summary>An address as a number, so that ranges can be reckoned with. IPv4 takes the low 32 bits; the family travels beside it.</summary>
internal static class AddressValue
{
    public const int Ipv4Bits = 32;
    public const int Ipv6Bits = 128;

    public static int BitsOf(AddressFamily family) => family == AddressFamily.InterNetwork ? Ipv4Bits : Ipv6Bits;

    public static UInt128 Of(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out int length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(octets) : BinaryPrimitives.ReadUInt128BigEndian(octets);
    }

    public static IPAddress ToAddress(UInt128 value, AddressFamily family)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, value);
        return new IPAddress(family == AddressFamily.InterNetwork ? octets[12..] : octets);
    }

    /// <summary>The number whose low <paramref name="bits"/> bits are set.</summary>
    public static UInt128 LowBits(int bits) => bits >= Ipv6Bits ? UInt128.MaxValue : (UInt128.One << bits) - 1;
}
