using Google.Protobuf;

namespace Concentrator.Tests.Telemetry;

/// <summary>A message of protocol buffers by its field numbers alone.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, object Value)> _fields = [];

    public ProtoMessage(byte[] octets)
    {
        CodedInputStream input = new(octets);
        while (input.ReadTag() is > 0 and uint tag)
        {
            object value = (tag & 7) switch { 0 => input.ReadUInt64(), 1 => input.ReadFixed64(), 5 => (ulong)input.ReadFixed32(), _ => input.ReadBytes().ToByteArray() };
            _fields.Add(((int)(tag >> 3), value));
        }
    }

    /// <summary>Messages within messages, along a path of field numbers.</summary>
    public IEnumerable<ProtoMessage> All(params int[] path) =>
        path.Length == 0 ? [this] : _fields.Where(f => f.Field == path[0]).SelectMany(f => new ProtoMessage((byte[])f.Value).All(path[1..]));

    public string? Text(int field) => Bytes(field) is { } hex ? System.Text.Encoding.UTF8.GetString(Convert.FromHexString(hex)) : null;

    public string? Bytes(int field) => _fields.Where(f => f.Field == field).Select(f => Convert.ToHexString((byte[])f.Value)).FirstOrDefault();

    public ulong Number(int field) => _fields.Where(f => f.Field == field).Select(f => (ulong)f.Value).First();
}
