using System.Buffers.Binary;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>Whole IKE messages, unprotected and protected (RFC 7296 §3.1, §3.14). Parsing never throws; what it returns owns its octets.</summary>
public static partial class MessageCodec
{
    /// <summary>Parses an unprotected message: IKE_SA_INIT, or a notify outside an IKE SA. An SK payload in it is malformed.</summary>
    public static ParseResult ParseClear(ReadOnlySpan<byte> datagram)
    {
        if (!IkeHeader.TryRead(datagram, out IkeHeader header) || header.Length != datagram.Length) return ParseResult.Broken(header);
        return PayloadChain.Read(header, header.NextPayload, datagram[IkeHeader.Size..]);
    }

    /// <summary>
    /// Verifies and decrypts in place, then parses what is inside. Payloads before SK are skipped, unless one is critical and unknown.
    /// SK must be the last payload (RFC 7296 §3.14).
    /// </summary>
    public static ParseResult ParseProtected(Span<byte> datagram, MessageProtector protector)
    {
        if (!IkeHeader.TryRead(datagram, out IkeHeader header) || header.Length != datagram.Length) return ParseResult.Broken(header);
        if (!FindLast(PayloadType.Encrypted, datagram, header.NextPayload, out int bodyOffset, out PayloadType first))
            return ParseResult.Broken(header);
        if (!protector.TryOpen(datagram, bodyOffset, out int offset, out int length))
            return new ParseResult(ParseStatus.NotAuthentic, header, null, null);
        // RFC 7296 §2.5: the integrity check has covered what stands before SK, so its critical flags count.
        if (FindUnsupported(PayloadType.Encrypted, datagram[..bodyOffset], header.NextPayload) is { } unsupported)
            return new ParseResult(ParseStatus.UnsupportedCritical, header, null, unsupported);

        return ParseInner(header, first, datagram.Slice(offset, length));
    }

    /// <summary>Parses what was authentic: whatever is broken in it is the peer's own doing.</summary>
    internal static ParseResult ParseInner(in IkeHeader header, PayloadType first, ReadOnlySpan<byte> plaintext)
    {
        ParseResult inner = PayloadChain.Read(header, first, plaintext);
        return inner.Status == ParseStatus.Malformed ? inner with { Status = ParseStatus.InvalidSyntax } : inner;
    }

    /// <summary>
    /// Finds the payload of type <paramref name="wanted"/> (SK or SKF) behind any others, <paramref name="type"/> being the first of them.
    /// False unless it ends where the datagram ends.
    /// </summary>
    internal static bool FindLast(
        PayloadType wanted, ReadOnlySpan<byte> datagram, PayloadType type, out int bodyOffset, out PayloadType first)
    {
        bodyOffset = 0;
        first = PayloadType.None;
        var reader = new WireReader(datagram[IkeHeader.Size..]);
        while (type != PayloadType.None && !reader.Failed)
        {
            var next = (PayloadType)reader.ReadByte();
            reader.ReadByte();
            int length = reader.ReadUInt16() - PayloadChain.GenericHeader;
            if (type == wanted)
            {
                first = next;
                bodyOffset = datagram.Length - reader.Remaining;
                return !reader.Failed && length == reader.Remaining;
            }

            reader.Read(length);
            type = next;
        }

        return false;
    }

    /// <summary>The first payload before the last one (SK or SKF) that is critical and of no type that we know. The chain is known to hold together.</summary>
    internal static PayloadType? FindUnsupported(PayloadType last, ReadOnlySpan<byte> prefix, PayloadType type)
    {
        var reader = new WireReader(prefix[IkeHeader.Size..]);
        while (type != last && !reader.Failed)
        {
            var next = (PayloadType)reader.ReadByte();
            if (PayloadChain.IsCritical(reader.ReadByte()) && !PayloadChain.IsKnown(type)) return type;
            reader.Read(reader.ReadUInt16() - PayloadChain.GenericHeader);
            type = next;
        }

        return null;
    }

    /// <summary>Writes an unprotected message; Next Payload and Length of <paramref name="header"/> are filled in.</summary>
    public static byte[] WriteClear(in IkeHeader header, IReadOnlyList<Payload> payloads)
    {
        WireWriter writer = new();
        writer.WriteZeroes(IkeHeader.Size);
        PayloadChain.Write(payloads, writer);
        byte[] message = writer.ToArray();
        (header with { NextPayload = PayloadChain.FirstType(payloads), Length = (uint)message.Length }).Write(message);
        return message;
    }

    /// <summary>Writes a message whose payloads are all inside SK, with the least padding that the cipher wants.</summary>
    public static byte[] WriteProtected(in IkeHeader header, IReadOnlyList<Payload> payloads, MessageProtector protector)
    {
        WireWriter inner = new();
        PayloadChain.Write(payloads, inner);
        return Protect(header, PayloadType.Encrypted, PayloadChain.FirstType(payloads), default, inner.Written, protector);
    }

    /// <summary>One message with one SK or SKF payload; <paramref name="fields"/> stand between its generic header and the IV.</summary>
    private static byte[] Protect(
        in IkeHeader header, PayloadType type, PayloadType first, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> plaintext, MessageProtector protector)
    {
        int padding = PaddingFor(plaintext.Length, protector.BlockLength);
        int bodyOffset = IkeHeader.Size + PayloadChain.GenericHeader + fields.Length;
        int plaintextOffset = bodyOffset + protector.IvLength;
        byte[] message = new byte[plaintextOffset + plaintext.Length + padding + 1 + protector.IcvLength];

        (header with { NextPayload = type, Length = (uint)message.Length }).Write(message);
        message[IkeHeader.Size] = (byte)first;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(IkeHeader.Size + 2), (ushort)(message.Length - IkeHeader.Size));
        fields.CopyTo(message.AsSpan(bodyOffset - fields.Length));
        plaintext.CopyTo(message.AsSpan(plaintextOffset));
        message[plaintextOffset + plaintext.Length + padding] = (byte)padding;
        protector.Seal(message, bodyOffset);
        return message;
    }

    private static int PaddingFor(int length, int block) => (block - (length + 1) % block) % block;
}
