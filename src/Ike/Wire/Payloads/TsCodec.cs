using System.Net;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;

namespace Concentrator.Ike.Wire.Payloads;

// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Number of TSs |                 RESERVED                      |
// ~                       <Traffic Selectors>                     ~
// Traffic selector (RFC 7296 §3.13.1)
// |   TS Type     |IP Protocol ID |       Selector Length         |
// |           Start Port          |           End Port            |
// ~                         Starting Address                      ~
// ~                         Ending Address                        ~

/// <summary>Traffic Selector payload (RFC 7296 §3.13). Selectors of an unknown type are skipped; a range upside down is malformed.</summary>
internal static class TsCodec
{
    private const int SelectorHeader = 8;

    public static TsPayload? Read(PayloadType type, ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        int count = reader.ReadByte();
        reader.Read(3);
        List<TrafficSelector> selectors = new(count);
        for (int i = 0; i < count; i++)
        {
            if (!ReadSelector(ref reader, selectors)) return null;
        }

        return reader.AtCleanEnd && count > 0 ? new TsPayload(type, selectors) : null;
    }

    private static bool ReadSelector(ref WireReader outer, List<TrafficSelector> selectors)
    {
        var type = (TrafficSelectorType)outer.ReadByte();
        byte protocol = outer.ReadByte();
        int length = outer.ReadUInt16();
        if (outer.Failed || length < SelectorHeader) return false;

        WireReader reader = outer.ReadScope(length - 4);
        int width = type switch
        {
            TrafficSelectorType.Ipv4AddressRange => 4,
            TrafficSelectorType.Ipv6AddressRange => 16,
            _ => 0,
        };
        if (width == 0) return !outer.Failed;

        ushort startPort = reader.ReadUInt16(), endPort = reader.ReadUInt16();
        ReadOnlySpan<byte> start = reader.Read(width), end = reader.Read(width);
        if (!reader.AtCleanEnd || start.SequenceCompareTo(end) > 0) return false;
        selectors.Add(new TrafficSelector(new IPAddress(start), new IPAddress(end), protocol, startPort, endPort));
        return true;
    }

    public static void Write(TsPayload payload, WireWriter writer)
    {
        writer.WriteByte((byte)payload.Selectors.Count);
        writer.WriteZeroes(3);
        foreach (TrafficSelector selector in payload.Selectors)
        {
            byte[] start = selector.Start.GetAddressBytes();
            writer.WriteByte((byte)selector.Type);
            writer.WriteByte(selector.Protocol);
            writer.WriteUInt16((ushort)(SelectorHeader + 2 * start.Length));
            writer.WriteUInt16(selector.StartPort);
            writer.WriteUInt16(selector.EndPort);
            writer.Write(start);
            writer.Write(selector.End.GetAddressBytes());
        }
    }
}
