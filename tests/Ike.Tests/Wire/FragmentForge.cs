using System.Buffers.Binary;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Wire;

/// <summary>Authentic fragments with whatever a peer that holds the keys may put into them, and lies of those who do not.</summary>
internal sealed class FragmentForge : IDisposable
{
    private const int FieldsOffset = IkeHeader.Size + 4;
    private const int BodyOffset = FieldsOffset + 4;

    private readonly MessageProtector _sender = Golden.Protector();

    public MessageProtector Receiver { get; } = Golden.Protector();

    public FragmentBuffer Buffer { get; } = new(TimeSpan.FromSeconds(30));

    /// <summary>Fragments of the same length, of a message that holds one long payload.</summary>
    public IReadOnlyList<byte[]> Message(uint id, int total, int octetsEach = 100)
    {
        // One payload of just the length that fills all fragments: header 4, body.
        Payload[] payloads = [new VendorIdPayload(Golden.Octets(total * octetsEach - 4))];
        int overhead = BodyOffset + _sender.IvLength + 1 + _sender.IcvLength;
        IReadOnlyList<byte[]> fragments = MessageCodec.WriteFragments(Golden.Header(id: id), payloads, _sender, overhead + octetsEach);
        Assert.Equal(total, fragments.Count);
        return fragments;
    }

    /// <summary>One authentic fragment with any numbers and any plaintext; <paramref name="before"/> is a payload of type 200 to precede it.</summary>
    public byte[] Fragment(
        int number,
        int total,
        ReadOnlySpan<byte> plaintext,
        uint id = 1,
        ExchangeType exchange = ExchangeType.IkeAuth,
        PayloadType first = PayloadType.VendorId,
        byte[]? before = null)
    {
        int payload = IkeHeader.Size + (before?.Length ?? 0);
        int body = payload + BodyOffset - IkeHeader.Size;
        byte[] message = new byte[body + _sender.IvLength + plaintext.Length + 1 + _sender.IcvLength];
        PayloadType outer = before is null ? PayloadType.EncryptedFragment : (PayloadType)200;
        (Golden.Header(exchange, id: id) with { NextPayload = outer, Length = (uint)message.Length }).Write(message);
        before?.CopyTo(message, IkeHeader.Size);
        message[payload] = number == 1 ? (byte)first : (byte)0;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(payload + 2), (ushort)(message.Length - payload));
        SetNumbers(message.AsSpan(payload - IkeHeader.Size), number, total);
        plaintext.CopyTo(message.AsSpan(body + _sender.IvLength));
        _sender.Seal(message, body);
        return message;
    }

    public static void SetNumbers(Span<byte> fragment, int number, int total)
    {
        BinaryPrimitives.WriteUInt16BigEndian(fragment[FieldsOffset..], (ushort)number);
        BinaryPrimitives.WriteUInt16BigEndian(fragment[(FieldsOffset + 2)..], (ushort)total);
    }

    /// <summary>Takes a copy, because the buffer writes into what it is given.</summary>
    public FragmentVerdict Take(byte[] fragment, double seconds = 0) =>
        Buffer.Take([.. fragment], Receiver, TimeSpan.FromSeconds(seconds));

    public void Dispose()
    {
        _sender.Dispose();
        Receiver.Dispose();
        Buffer.Dispose();
    }
}
