using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>
/// Builds one or more netlink messages into one buffer, to go out in one system call. The buffer may hold keys: <see cref="Clear"/> zeroes it.
/// Not thread-safe; reused for its owner's life.
/// </summary>
internal sealed class MessageBuilder
{
    private const int Alignment = 4;

    private byte[] _buffer = new byte[4096];
    private int _length;
    private int _messageStart;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Begin(ushort type, ushort flags, uint seq)
    {
        _messageStart = _length;
        Put(new nlmsghdr { nlmsg_type = type, nlmsg_flags = flags, nlmsg_seq = seq });
    }

    /// <summary>Fills in the length of the message that <see cref="Begin"/> started.</summary>
    public void End() => MemoryMarshal.Write(_buffer.AsSpan(_messageStart), (uint)(_length - _messageStart));

    public void Put<T>(in T value)
        where T : unmanaged
    {
        int size = Marshal.SizeOf<T>();
        MemoryMarshal.Write(Reserve(size), value);
    }

    public void PutAttribute<T>(ushort type, in T value, ReadOnlySpan<byte> tail = default)
        where T : unmanaged
    {
        int size = Marshal.SizeOf<T>();
        BeginAttribute(type, size + tail.Length);
        MemoryMarshal.Write(Reserve(size, align: false), value);
        tail.CopyTo(Reserve(tail.Length, align: false));
        Align();
    }

    public void BeginAttribute(ushort type, int length)
    {
        Span<byte> header = Reserve(4);
        MemoryMarshal.Write(header, (ushort)(length + 4));
        MemoryMarshal.Write(header[2..], type);
    }

    /// <summary>Octets of an attribute that <see cref="BeginAttribute"/> announced.</summary>
    public Span<byte> Reserve(int size, bool align = true)
    {
        int needed = _length + size + Alignment;
        if (needed > _buffer.Length) Grow(needed);
        Span<byte> room = _buffer.AsSpan(_length, size);
        room.Clear();
        _length += size;
        if (align) Align();
        return room;
    }

    public void Align() => _length = (_length + Alignment - 1) & ~(Alignment - 1);

    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_buffer.AsSpan(0, _length));
        _length = 0;
    }

    private void Grow(int needed)
    {
        byte[] larger = new byte[Math.Max(needed, _buffer.Length * 2)];
        _buffer.AsSpan(0, _length).CopyTo(larger);
        CryptographicOperations.ZeroMemory(_buffer);
        _buffer = larger;
    }
}
