using System.Buffers.Binary;

namespace Concentrator.Ike.Wire;

/// <summary>
/// Reads big-endian fields from a span. Asking for more than is there yields zeroes and sets <see cref="Failed"/> for good, so that a parser
/// checks once at its end. Never throws, never allocates.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> octets)
{
    private ReadOnlySpan<byte> _rest = octets;

    public bool Failed { get; private set; }

    public readonly int Remaining => _rest.Length;

    public byte ReadByte() => Take(1) is [var value] ? value : (byte)0;

    public ushort ReadUInt16() => Take(2) is { Length: 2 } two ? BinaryPrimitives.ReadUInt16BigEndian(two) : (ushort)0;

    public uint ReadUInt32() => Take(4) is { Length: 4 } four ? BinaryPrimitives.ReadUInt32BigEndian(four) : 0;

    public ReadOnlySpan<byte> ReadRest() => Take(_rest.Length);

    public ReadOnlySpan<byte> Read(int count) => Take(count);

    /// <summary>A reader of its own for the next <paramref name="count"/> octets.</summary>
    public WireReader ReadScope(int count) => new(Take(count)) { Failed = Failed };

    public void Fail() => Failed = true;

    /// <summary>True when everything was read and nothing was missing.</summary>
    public readonly bool AtCleanEnd => !Failed && _rest.IsEmpty;

    private ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || count < 0 || count > _rest.Length)
        {
            Failed = true;
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
