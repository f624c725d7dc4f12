using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>The data of NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP (RFC 7296 §2.23).</summary>
public static class NatDetection
{
    public const int HashLength = 20;

    /// <summary>
    /// SHA-1(SPIi | SPIr | IP address | port), with the SPIs of the message's own header: SPIr is 0 in the first request. An IPv4 address
    /// that a dual-stack socket shows as IPv6 counts as IPv4.
    /// </summary>
    public static byte[] Hash(ulong spiI, ulong spiR, IPAddress address, ushort port)
    {
        ArgumentNullException.ThrowIfNull(address);

        Span<byte> octets = stackalloc byte[8 + 8 + 16 + 2];
        BinaryPrimitives.WriteUInt64BigEndian(octets, spiI);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], spiR);
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.TryWriteBytes(octets[16..], out int addressLength);
        BinaryPrimitives.WriteUInt16BigEndian(octets[(16 + addressLength)..], port);
#pragma warning disable CA5350 // RFC 7296 §2.23 fixes SHA-1; it only compares addresses.
        return SHA1.HashData(octets[..(16 + addressLength + 2)]);
#pragma warning restore CA5350
    }
}
