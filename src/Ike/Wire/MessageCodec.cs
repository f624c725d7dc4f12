using System.Buffers.Binary;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>Whole IKE messages, unprotected and protected (RFC 7296 §3.1, §3.14). Parsing never throws; what it returns owns its octets.</summary>
public static class MessageCodec
{
    /// <summary>Parses an unprotected message: IKE_SA_INIT, or a notify outside an IKE SA. An SK payload in it is malformed.</summary>
    public static ParseResult ParseClear(ReadOnlySpan<byte> datagram)
    {
        if (!IkeHeader.TryRead(datagram, out IkeHeader header) || header.Length != datagram.Length) return ParseResult.Broken(header);
        return PayloadChain.Read(header, header.NextPayload, datagram[IkeHeader.Size..]);
    }

    /// <summary>
    /// Verifies and decrypts in place, then parses what is inside. Payloads before SK are skipped: nobody vouches for their meaning.
    /// SK must be the last payload (RFC 7296 §3.14).
    /// </summary>
    public static ParseResult ParseProtected(Span<byte> datagram, MessageProtector protector)
    {
        if (!IkeHeader.TryRead(datagram, out IkeHeader header) || header.Length != datagram.Length) return ParseResult.Broken(header);
        if (!FindEncrypted(datagram, header.NextPayload, out int bodyOffset, out PayloadType first)) return ParseResult.Broken(header);
        if (!protector.TryOpen(datagram, bodyOffset, out int offset, out int length))
            return new ParseResult(ParseStatus.NotAuthentic, header, null, null);

        ParseResult inner = PayloadChain.Read(header, first, datagram.Slice(offset, length));
        return inner.Status == ParseStatus.Malformed ? inner with { Status = ParseStatus.InvalidSyntax } : inner;
    }

    private static bool FindEncrypted(ReadOnlySpan<byte> datagram, PayloadType type, out int bodyOffset, out PayloadType first)
    {
        bodyOffset = 0;
        first = PayloadType.None;
        var reader = new WireReader(datagram[IkeHeader.Size..]);
        while (type != PayloadType.None && !reader.Failed)
        {
            var next = (PayloadType)reader.ReadByte();
            reader.ReadByte();
            int length = reader.ReadUInt16() - PayloadChain.GenericHeader;
            if (type == PayloadType.Encrypted)
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
        int padding = PaddingFor(inner.Length, protector.BlockLength);
        int bodyOffset = IkeHeader.Size + PayloadChain.GenericHeader;
        int plaintextOffset = bodyOffset + protector.IvLength;
        byte[] message = new byte[plaintextOffset + inner.Length + padding + 1 + protector.IcvLength];

        (header with { NextPayload = PayloadType.Encrypted, Length = (uint)message.Length }).Write(message);
        message[IkeHeader.Size] = (byte)PayloadChain.FirstType(payloads);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(IkeHeader.Size + 2), (ushort)(message.Length - IkeHeader.Size));
        inner.Written.CopyTo(message.AsSpan(plaintextOffset));
        message[plaintextOffset + inner.Length + padding] = (byte)padding;
        protector.Seal(message, bodyOffset);
        return message;
    }

    private static int PaddingFor(int length, int block) => (block - (length + 1) % block) % block;
}
