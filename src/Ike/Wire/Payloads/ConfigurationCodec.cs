using Concentrator.Ike.Registries;

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
        var type = (ConfigurationType)reader.ReadByte();
        reader.Read(3);
        List<ConfigurationAttribute> attributes = [];
        while (reader.Remaining > 0)
        {
            var attribute = (ConfigurationAttributeType)(reader.ReadUInt16() & TypeMask);
            int length = reader.ReadUInt16();
            byte[] value = reader.Read(length).ToArray();
            if (reader.Failed) return null;
            attributes.Add(new ConfigurationAttribute(attribute, value));
        }

        return reader.AtCleanEnd ? new CpPayload(type, attributes) : null;
    }

    public static void Write(CpPayload payload, WireWriter writer)
    {
        writer.WriteByte((byte)payload.CfgType);
        writer.WriteZeroes(3);
        foreach (ConfigurationAttribute attribute in payload.Attributes)
        {
            writer.WriteUInt16((ushort)((ushort)attribute.Type & TypeMask));
            writer.WriteUInt16((ushort)attribute.Value.Length);
            writer.Write(attribute.Value.Span);
        }
    }
}
