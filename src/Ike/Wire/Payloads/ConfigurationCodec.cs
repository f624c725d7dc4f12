namespace Concentrator.Ike.Wire.Payloads;

// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   CFG Type    |                    RESERVED                   |
// |R|         Attribute Type      |            Length             |
// ~                             Value                             ~

/// <summary>Configuration payload (RFC 7296 §3.15).</summary>
internal static class ConfigurationCodec
{
    private const ushort TypeMask = 0x7fff;

    public static CpPayload? Read(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        byte type = reader.ReadByte();
        reader.Read(3);
        List<ConfigurationAttribute> attributes = [];
        while (reader.Remaining > 0)
        {
            ushort attribute = (ushort)(reader.ReadUInt16() & TypeMask);
            int length = reader.ReadUInt16();
            byte[] value = reader.Read(length).ToArray();
            if (reader.Failed) return null;
            attributes.Add(new ConfigurationAttribute(attribute, value));
        }

        return reader.AtCleanEnd ? new CpPayload(type, attributes) : null;
    }

    public static void Write(CpPayload payload, WireWriter writer)
    {
        writer.WriteByte(payload.CfgType);
        writer.WriteZeroes(3);
        foreach (ConfigurationAttribute attribute in payload.Attributes)
        {
            writer.WriteUInt16((ushort)(attribute.AttributeType & TypeMask));
            writer.WriteUInt16((ushort)attribute.Value.Length);
            writer.Write(attribute.Value.Span);
        }
    }
}
