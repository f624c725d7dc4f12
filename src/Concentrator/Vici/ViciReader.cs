using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Concentrator.Vici;

/// <summary>Reads a message from a client. Whatever the octets are, it ends: with a message, or with the word that it is none.</summary>
internal ref struct ViciReader
{
    private ReadOnlySpan<byte> _rest;

    private ViciReader(ReadOnlySpan<byte> octets) => _rest = octets;

    public static bool TryRead(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out ViciSection? message)
    {
        var reader = new ViciReader(octets);
        ViciSection root = new();
        message = reader.TryReadSection(root, depth: 0) ? root : null;
        return message is not null;
    }

    /// <summary>The name behind the first octet of a packet, and the message behind that.</summary>
    public static bool TryReadName(ReadOnlySpan<byte> packet, [NotNullWhen(true)] out string? name, out ReadOnlySpan<byte> message)
    {
        var reader = new ViciReader(packet[1..]);
        bool isThere = reader.TryTakeName(out name);
        message = reader._rest;
        return isThere;
    }

    private bool TryReadSection(ViciSection section, int depth)
    {
        if (depth > ViciLimits.Depth) return false;
        while (_rest.Length > 0)
        {
            var element = (ViciElement)_rest[0];
            _rest = _rest[1..];
            switch (element)
            {
                case ViciElement.SectionStart:
                    ViciSection inner = new();
                    if (!TryTakeName(out string? name) || !TryReadSection(inner, depth + 1)) return false;
                    section.Sections[name] = inner;
                    break;
                case ViciElement.SectionEnd:
                    return depth > 0;
                case ViciElement.KeyValue:
                    if (!TryTakeName(out string? key) || !TryTakeValue(out byte[]? value)) return false;
                    section.Values[key] = value;
                    break;
                case ViciElement.ListStart:
                    if (!TryTakeName(out string? list) || !TryReadList(section.Lists[list] = [])) return false;
                    break;
                default:
                    return false;
            }
        }

        return depth == 0;
    }

    private bool TryReadList(List<byte[]> items)
    {
        while (_rest.Length > 0)
        {
            var element = (ViciElement)_rest[0];
            _rest = _rest[1..];
            if (element == ViciElement.ListEnd) return true;
            if (element != ViciElement.ListItem || !TryTakeValue(out byte[]? item)) return false;
            items.Add(item);
        }

        return false;
    }

    private bool TryTakeName([NotNullWhen(true)] out string? name)
    {
        name = null;
        if (_rest.Length < 1 || _rest.Length < 1 + _rest[0]) return false;
        name = Encoding.UTF8.GetString(_rest.Slice(1, _rest[0]));
        _rest = _rest[(1 + _rest[0])..];
        return true;
    }

    private bool TryTakeValue([NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        if (_rest.Length < 2) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        if (_rest.Length < 2 + length) return false;
        value = _rest.Slice(2, length).ToArray();
        _rest = _rest[(2 + length)..];
        return true;
    }
}
