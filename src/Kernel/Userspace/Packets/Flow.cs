using System.Buffers.Binary;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// What of an IP packet selectors look at. For ICMP the source port is the type and the destination port the code. <see cref="HasPorts"/> is false
/// where none are to be seen: other protocols, and fragments but the first (RFC 4301 §7: no selector with ports is for them).
/// </summary>
internal readonly record struct Flow(
    UInt128 Source, UInt128 Destination, bool IsIpv6, byte Protocol, bool HasPorts, ushort SourcePort, ushort DestinationPort)
{
    private const int Ipv4Header = 20;
    private const int Ipv6Header = 40;
    private const int MostExtensions = 8;
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;
    private const byte Fragment = 44;
    private const byte Authentication = 51;

    /// <summary>
    /// Reads the headers of an IP packet. <paramref name="length"/> is what it says of itself; behind it may be padding (RFC 4303 §2.7). False when
    /// it is none.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out Flow flow, out int length)
    {
        flow = default;
        length = 0;
        if (packet.Length < Ipv4Header) return false;
        return (packet[0] >> 4) switch
        {
            4 => TryReadIpv4(packet, out flow, out length),
            6 => TryReadIpv6(packet, out flow, out length),
            _ => false,
        };
    }

    private static bool TryReadIpv4(ReadOnlySpan<byte> packet, out Flow flow, out int length)
    {
        int header = (packet[0] & 0xf) * 4;
        length = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        flow = default;
        if (header < Ipv4Header || length < header || length > packet.Length) return false;
        bool isFirst = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1fff) == 0;
        flow = new Flow(
            BinaryPrimitives.ReadUInt32BigEndian(packet[12..]), BinaryPrimitives.ReadUInt32BigEndian(packet[16..]), false, packet[9], false, 0, 0);
        if (isFirst) flow = flow.WithPorts(packet[header..length]);
        return true;
    }

    private static bool TryReadIpv6(ReadOnlySpan<byte> packet, out Flow flow, out int length)
    {
        flow = default;
        length = 0;
        if (packet.Length < Ipv6Header) return false;
        length = Ipv6Header + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (length > packet.Length) return false;
        byte protocol = packet[6];
        bool isFirst = true;
        ReadOnlySpan<byte> rest = packet[Ipv6Header..length];
        for (int i = 0; i < MostExtensions && IsExtension(protocol) && isFirst; i++)
        {
            if (rest.Length < 8) return false;
            int size = protocol switch { Fragment => 8, Authentication => (rest[1] + 2) * 4, _ => (rest[1] + 1) * 8 };
            if (protocol == Fragment) isFirst = (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0xfff8) == 0;
            if (size > rest.Length) return false;
            protocol = rest[0];
            rest = rest[size..];
        }

        flow = new Flow(
            BinaryPrimitives.ReadUInt128BigEndian(packet[8..]), BinaryPrimitives.ReadUInt128BigEndian(packet[24..]), true, protocol, false, 0, 0);
        if (isFirst) flow = flow.WithPorts(rest);
        return true;
    }

    /// <summary>Hop-by-hop options, routing, fragment, authentication, destination options.</summary>
    private static bool IsExtension(byte protocol) => protocol is 0 or 43 or Fragment or Authentication or 60;

    private Flow WithPorts(ReadOnlySpan<byte> transport)
    {
        if (transport.Length < 4) return this;
        return Protocol switch
        {
            Icmp or Icmpv6 => this with { HasPorts = true, SourcePort = transport[0], DestinationPort = transport[1] },
            // TCP, UDP, DCCP, SCTP, UDP-Lite.
            6 or 17 or 33 or 132 or 136 => this with
            {
                HasPorts = true,
                SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport),
                DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]),
            },
            _ => this,
        };
    }
}
