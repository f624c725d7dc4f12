using System.Buffers.Binary;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

// Encrypted Fragment payload, SKF (RFC 7383 §2.5)
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Next Payload  |C|  RESERVED   |         Payload Length        |
// |        Fragment Number        |        Total Fragments        |
// |                     Initialization Vector                     |
// ~                      Encrypted content                        ~
// |               |             Padding (0-255 octets)            |
// |                                               |  Pad Length   |
// ~                    Integrity Checksum Data                    ~

/// <summary>
/// What a fragment says of itself before anybody has vouched for it: where it belongs, and where its IV starts.
/// <see cref="First"/> is the type of the first inner payload, and means something in fragment 1 only. Reading it allocates nothing.
/// </summary>
internal readonly record struct FragmentHeader(IkeHeader Message, ushort Number, ushort Total, PayloadType First, int BodyOffset)
{
    /// <summary>Fragment Number and Total Fragments, which the integrity check covers too.</summary>
    public const int FieldsSize = 4;

    /// <summary>False when the datagram's structure is broken or its last payload is not SKF; judges no number.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out FragmentHeader fragment)
    {
        fragment = default;
        if (!IkeHeader.TryRead(datagram, out IkeHeader message) || message.Length != datagram.Length) return false;
        if (!MessageCodec.FindLast(PayloadType.EncryptedFragment, datagram, message.NextPayload, out int offset, out PayloadType first))
            return false;
        if (datagram.Length - offset < FieldsSize) return false;

        ushort number = BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]);
        ushort total = BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]);
        fragment = new FragmentHeader(message, number, total, first, offset + FieldsSize);
        return true;
    }

    public static void WriteFields(Span<byte> destination, int number, int total)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)number);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)total);
    }
}
