using System.Buffers.Binary;
using System.Net;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>Inner packets: UDP from one address to another.</summary>
internal static class IpPackets
{
    public static byte[] Udp(string source, string destination, int payload = 64, ushort sourcePort = 1000, ushort destinationPort = 2000, byte trafficClass = 0)
    {
        byte[] from = IPAddress.Parse(source).GetAddressBytes(), to = IPAddress.Parse(destination).GetAddressBytes();
        int header = from.Length == 4 ? 20 : 40;
        byte[] packet = new byte[header + 8 + payload];
        if (from.Length == 4) WriteIpv4(packet, trafficClass);
        else WriteIpv6(packet, trafficClass);
        from.CopyTo(packet, from.Length == 4 ? 12 : 8);
        to.CopyTo(packet, from.Length == 4 ? 16 : 24);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(header), sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(header + 2), destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(header + 4), (ushort)(8 + payload));
        for (int i = 0; i < payload; i++) packet[header + 8 + i] = (byte)i;
        if (from.Length == 4) BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, 20)));
        return packet;
    }

    /// <summary>The sum over a header; 0 when its checksum field is right.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    private static void WriteIpv4(byte[] packet, byte trafficClass)
    {
        packet[0] = 0x45;
        packet[1] = trafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = 17;
    }

    private static void WriteIpv6(byte[] packet, byte trafficClass)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet, 6u << 28 | (uint)trafficClass << 20);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
        packet[6] = 17;
        packet[7] = 64;
    }
}
