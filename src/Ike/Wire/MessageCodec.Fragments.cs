using System.Security.Cryptography;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>IKE fragmentation, RFC 7383: the sender's half, and what tells a fragment. <see cref="FragmentBuffer"/> is the receiver's.</summary>
public static partial class MessageCodec
{
    /// <summary>True when the message's last payload is SKF. Nobody has vouched for it; allocates nothing.</summary>
    public static bool IsFragment(ReadOnlySpan<byte> datagram) => FragmentHeader.TryRead(datagram, out _);

    /// <summary>
    /// True for an authentic fragment number 1: of a request that was answered already, it alone makes the responder repeat its response
    /// (RFC 7383 §2.6.1), even if the peer has cut the message anew. The plaintext is cleared.
    /// </summary>
    public static bool IsAuthenticFirstFragment(Span<byte> datagram, MessageProtector protector)
    {
        if (!FragmentHeader.TryRead(datagram, out FragmentHeader fragment) || fragment.Number != 1) return false;
        if (!protector.TryOpen(datagram, fragment.BodyOffset, out int offset, out int length)) return false;
        CryptographicOperations.ZeroMemory(datagram.Slice(offset, length));
        return true;
    }

    /// <summary>
    /// Writes one message with an SK payload when it fits into <paramref name="maxDatagram"/> octets, else its fragments in order, each with
    /// an SKF payload, an IV and an ICV of its own, none longer than that.
    /// </summary>
    /// <param name="header">Next Payload and Length are filled in.</param>
    /// <param name="payloads">All go inside SK or SKF.</param>
    /// <param name="protector">The sender's.</param>
    /// <param name="maxDatagram">Octets of IKE message, without IP, UDP and the non-ESP marker.</param>
    /// <exception cref="InvalidOperationException">
    /// More than <see cref="FragmentBuffer.MaxFragments"/> fragments are wanted: our messages are bounded, so that is a fault of ours.
    /// </exception>
    public static IReadOnlyList<byte[]> WriteFragments(
        in IkeHeader header, IReadOnlyList<Payload> payloads, MessageProtector protector, int maxDatagram)
    {
        WireWriter inner = new();
        PayloadChain.Write(payloads, inner);
        ReadOnlySpan<byte> plaintext = inner.Written;
        PayloadType first = PayloadChain.FirstType(payloads);
        if (plaintext.Length <= RoomFor(0, protector, maxDatagram))
            return [Protect(header, PayloadType.Encrypted, first, default, plaintext, protector)];

        int room = RoomFor(FragmentHeader.FieldsSize, protector, maxDatagram);
        int total = room < 1 ? int.MaxValue : (plaintext.Length + room - 1) / room;
        if (total > FragmentBuffer.MaxFragments)
            throw new InvalidOperationException($"{plaintext.Length} octets do not fit into {FragmentBuffer.MaxFragments} messages of {maxDatagram}.");

        byte[][] fragments = new byte[total][];
        Span<byte> fields = stackalloc byte[FragmentHeader.FieldsSize];
        for (int i = 0; i < total; i++)
        {
            FragmentHeader.WriteFields(fields, i + 1, total);
            ReadOnlySpan<byte> part = plaintext.Slice(i * room, Math.Min(room, plaintext.Length - i * room));
            // RFC 7383 §2.5: fragment 1 announces the first inner payload, the others announce none.
            fragments[i] = Protect(header, PayloadType.EncryptedFragment, i == 0 ? first : PayloadType.None, fields, part, protector);
        }

        return fragments;
    }

    /// <summary>How much plaintext one message can carry beside its padding; below 1 when there is no room at all.</summary>
    private static int RoomFor(int fields, MessageProtector protector, int maxDatagram)
    {
        int room = maxDatagram - IkeHeader.Size - PayloadChain.GenericHeader - fields - protector.IvLength - protector.IcvLength;
        return room - room % protector.BlockLength - 1;
    }
}
