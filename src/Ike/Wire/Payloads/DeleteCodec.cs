using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire.Payloads;

// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Protocol ID   |   SPI Size    |          Num of SPIs          |
// ~               Security Parameter Index(es) (SPI)              ~

/// <summary>Delete payload (RFC 7296 §3.11): no SPI for IKE, SPIs of four octets for AH and ESP.</summary>
internal static class DeleteCodec
{
    private const int EspSpiSize = 4;

    public static DeletePayload? Read(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var protocol = (ProtocolId)reader.ReadByte();
        int spiSize = reader.ReadByte();
        int count = reader.ReadUInt16();
        if (protocol == ProtocolId.Ike) return reader.AtCleanEnd && spiSize == 0 && count == 0 ? new DeletePayload(protocol, []) : null;
        if (spiSize != EspSpiSize || reader.Remaining != count * EspSpiSize) return null;

        uint[] spis = new uint[count];
        for (int i = 0; i < count; i++) spis[i] = reader.ReadUInt32();
        return reader.AtCleanEnd ? new DeletePayload(protocol, spis) : null;
    }

    public static void Write(DeletePayload payload, WireWriter writer)
    {
        writer.WriteByte((byte)payload.Protocol);
        writer.WriteByte(payload.Protocol == ProtocolId.Ike ? (byte)0 : (byte)EspSpiSize);
        writer.WriteUInt16((ushort)payload.Spis.Count);
        foreach (uint spi in payload.Spis) writer.WriteUInt32(spi);
    }
}
