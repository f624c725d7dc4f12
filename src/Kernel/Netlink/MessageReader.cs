using System.Runtime.InteropServices;
using System.Text;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>Walks the netlink messages of one datagram. Lengths are held against the datagram, though only the kernel can have sent it.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private const int HeaderSize = 16;

    private ReadOnlySpan<byte> _rest = datagram;

    public nlmsghdr Header { get; private set; }

    public ReadOnlySpan<byte> Payload { get; private set; }

    public bool Next()
    {
        if (_rest.Length < HeaderSize) return false;
        Header = MemoryMarshal.Read<nlmsghdr>(_rest);
        int length = (int)Header.nlmsg_len;
        if (length < HeaderSize || length > _rest.Length) return false;
        Payload = _rest[HeaderSize..length];
        int aligned = Math.Min((length + 3) & ~3, _rest.Length);
        _rest = _rest[aligned..];
        return true;
    }

    /// <summary>The errno (positive; 0 for an ack) and the kernel's text of an NLMSG_ERROR.</summary>
    public readonly (int Errno, string ExtAck) ReadError()
    {
        if (Payload.Length < 4) return (Errno.EINVAL, "");
        int error = -MemoryMarshal.Read<int>(Payload);
        if ((Header.nlmsg_flags & Constants.NLM_F_ACK_TLVS) == 0 || Payload.Length < 4 + HeaderSize) return (error, "");

        // The request's header follows, with its payload unless it was capped; then the TLVs.
        int echoed = HeaderSize;
        if ((Header.nlmsg_flags & Constants.NLM_F_CAPPED) == 0) echoed = (int)MemoryMarshal.Read<uint>(Payload[4..]);
        int offset = 4 + ((echoed + 3) & ~3);
        if (offset > Payload.Length) return (error, "");
        ReadOnlySpan<byte> text = FindAttribute(Payload[offset..], Constants.NLMSGERR_ATTR_MSG);
        return (error, Encoding.ASCII.GetString(text).TrimEnd('\0'));
    }

    /// <summary>The value of the first attribute of a type; empty without one.</summary>
    public static ReadOnlySpan<byte> FindAttribute(ReadOnlySpan<byte> attributes, ushort type)
    {
        while (attributes.Length >= 4)
        {
            int length = MemoryMarshal.Read<ushort>(attributes);
            if (length < 4 || length > attributes.Length) return default;
            if ((MemoryMarshal.Read<ushort>(attributes[2..]) & 0x3fff) == type) return attributes[4..length];
            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }

        return default;
    }
}
