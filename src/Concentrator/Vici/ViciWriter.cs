using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Concentrator.Vici;

/// <summary>
/// Writes one packet, its length in front, as it goes to a client. Text is cut at what its length field holds. Sections must be
/// ended by who begins them.
/// </summary>
internal sealed class ViciWriter
{
    private const int LengthOctets = 4;

    private readonly ArrayBufferWriter<byte> _octets = new(512);

    private ViciWriter(ViciPacket packet)
    {
        _octets.Write(stackalloc byte[LengthOctets]);
        WriteOctet((byte)packet);
    }

    public static ViciWriter Response() => new(ViciPacket.CommandResponse);

    public static ViciWriter Event(string name)
    {
        ViciWriter writer = new(ViciPacket.Event);
        writer.WriteName(name);
        return writer;
    }

    public static ViciWriter Request(string command)
    {
        ViciWriter writer = new(ViciPacket.CommandRequest);
        writer.WriteName(command);
        return writer;
    }

    public static ViciWriter Register(string eventName)
    {
        ViciWriter writer = new(ViciPacket.EventRegister);
        writer.WriteName(eventName);
        return writer;
    }

    /// <summary>A packet that is its first octet alone.</summary>
    public static byte[] Bare(ViciPacket packet) => new ViciWriter(packet).ToPacket();

    public ViciWriter Begin(string section)
    {
        WriteOctet((byte)ViciElement.SectionStart);
        WriteName(section);
        return this;
    }

    public ViciWriter End()
    {
        WriteOctet((byte)ViciElement.SectionEnd);
        return this;
    }

    public ViciWriter Put(string key, string value) => Put(key, Encoding.UTF8.GetBytes(value));

    public ViciWriter Put(string key, ReadOnlySpan<byte> value)
    {
        WriteOctet((byte)ViciElement.KeyValue);
        WriteName(key);
        WriteValue(value);
        return this;
    }

    public ViciWriter Put(string key, long value) => Put(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Nothing at all where the value is absent.</summary>
    public ViciWriter PutIf(bool isThere, string key, string value) => isThere ? Put(key, value) : this;

    public ViciWriter List(string key, IEnumerable<string> items)
    {
        WriteOctet((byte)ViciElement.ListStart);
        WriteName(key);
        foreach (string item in items)
        {
            WriteOctet((byte)ViciElement.ListItem);
            WriteValue(Encoding.UTF8.GetBytes(item));
        }

        WriteOctet((byte)ViciElement.ListEnd);
        return this;
    }

    /// <summary>The packet with its length.</summary>
    public byte[] ToPacket()
    {
        byte[] packet = _octets.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(packet, (uint)(packet.Length - LengthOctets));
        return packet;
    }

    private void WriteName(string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        int length = Math.Min(text.Length, byte.MaxValue);
        WriteOctet((byte)length);
        _octets.Write(text.AsSpan(0, length));
    }

    private void WriteValue(ReadOnlySpan<byte> value)
    {
        int length = Math.Min(value.Length, ViciLimits.LargestValue);
        Span<byte> field = _octets.GetSpan(2);
        BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)length);
        _octets.Advance(2);
        _octets.Write(value[..length]);
    }

    private void WriteOctet(byte octet) => _octets.Write([octet]);
}
