using System.Buffers.Binary;

namespace Concentrator.Kernel.Userspace;

/// <summary>DSCP and ECN on the way into a tunnel and out of it (RFC 4301 §5.1.2, RFC 6040).</summary>
internal static class TrafficClass
{
    private const byte EcnMask = 0x3;
    private const byte CongestionExperienced = 0x3;

    /// <summary>The traffic class of an IP packet, which the outer header takes over whole (RFC 6040 §4.1: normal mode).</summary>
    public static byte Of(ReadOnlySpan<byte> packet) =>
        packet[0] >> 4 == 4 ? packet[1] : (byte)(BinaryPrimitives.ReadUInt16BigEndian(packet) >> 4);

    /// <summary>
    /// RFC 6040 §4.2: what the outer header says of congestion goes into the inner one. False when the inner one does not know congestion marks: then
    /// the packet is lost, as the mark means.
    /// </summary>
    public static bool TryDecapsulate(byte outer, Span<byte> packet)
    {
        if ((outer & EcnMask) != CongestionExperienced) return true;
        byte inner = Of(packet);
        if ((inner & EcnMask) == 0) return false;
        if ((inner & EcnMask) == CongestionExperienced) return true;
        if (packet[0] >> 4 == 6)
        {
            packet[1] |= CongestionExperienced << 4;
            return true;
        }

        // RFC 1624: the header's checksum changes by as much as the word did.
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(packet);
        packet[1] |= CongestionExperienced;
        int sum = (ushort)~BinaryPrimitives.ReadUInt16BigEndian(packet[10..]) + (ushort)~before + BinaryPrimitives.ReadUInt16BigEndian(packet);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], (ushort)~sum);
        return true;
    }
}
