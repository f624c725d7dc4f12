using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire.Payloads;

// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Protocol ID  |   SPI Size    |      Notify Message Type      |
// ~                Security Parameter Index (SPI)                 ~
// ~                       Notification Data                       ~

/// <summary>Notify payload (RFC 7296 §3.10).</summary>
internal static class NotifyCodec
{
    public static NotifyPayload? Read(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var protocol = (ProtocolId)reader.ReadByte();
        int spiSize = reader.ReadByte();
        var type = (NotifyType)reader.ReadUInt16();
        byte[] spi = reader.Read(spiSize).ToArray();
        byte[] data = reader.ReadRest().ToArray();
        return reader.AtCleanEnd ? new NotifyPayload(type, data, protocol, spi) : null;
    }

    public static void Write(NotifyPayload payload, WireWriter writer)
    {
        writer.WriteByte((byte)payload.Protocol);
        writer.WriteByte((byte)payload.Spi.Length);
        writer.WriteUInt16((ushort)payload.NotifyType);
        writer.Write(payload.Spi.Span);
        writer.Write(payload.Data.Span);
    }
}
