using System.Buffers.Binary;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// An authentic message of an AEAD cipher that no writer of ours would make: any flags and version in its header, any octets inside SK, a payload before it.
/// </summary>
internal sealed class SkForge(PayloadType first, byte[] plaintext)
{
    public SkForge(params Payload[] payloads)
        : this(PayloadChain.FirstType(payloads), Chain(payloads))
    {
    }

    /// <summary>Null: as the header has it.</summary>
    public byte? Version { get; init; }

    /// <summary>Set besides those of the header.</summary>
    public byte Flags { get; init; }

    /// <summary>Generic header and body of a payload before SK; its Next Payload is filled in.</summary>
    public (PayloadType Type, byte[] Octets)? Before { get; init; }

    /// <summary>Set in the octet that holds SK's own critical flag and reserved bits.</summary>
    public byte SkFlags { get; init; }

    public static byte[] Chain(IReadOnlyList<Payload> payloads)
    {
        WireWriter writer = new();
        PayloadChain.Write(payloads, writer);
        return writer.ToArray();
    }

    public byte[] Seal(in IkeHeader header, MessageProtector sender)
    {
        int sk = IkeHeader.Size + (Before?.Octets.Length ?? 0);
        int body = sk + PayloadChain.GenericHeader;
        byte[] message = new byte[body + sender.IvLength + plaintext.Length + 1 + sender.IcvLength];
        (header with { NextPayload = Before?.Type ?? PayloadType.Encrypted, Length = (uint)message.Length }).Write(message);
        if (Version is { } version) message[17] = version;
        message[19] |= Flags;
        if (Before is { } before)
        {
            before.Octets.CopyTo(message, IkeHeader.Size);
            message[IkeHeader.Size] = (byte)PayloadType.Encrypted;
        }

        message[sk] = (byte)first;
        message[sk + 1] = SkFlags;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(sk + 2), (ushort)(message.Length - sk));
        plaintext.CopyTo(message.AsSpan(body + sender.IvLength));
        sender.Seal(message, body);
        return message;
    }
}
