using System.Buffers.Binary;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

//                      1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                    IKE SA Initiator's SPI (8)                 |
// |                    IKE SA Responder's SPI (8)                 |
// | Next Payload  | MjVer | MnVer | Exchange Type |     Flags     |
// |                          Message ID                           |
// |                            Length                             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/// <summary>The fixed header of every IKE message (RFC 7296 §3.1). Reading it allocates nothing and judges nothing.</summary>
public readonly record struct IkeHeader(
    ulong InitiatorSpi,
    ulong ResponderSpi,
    PayloadType NextPayload,
    byte Version,
    ExchangeType Exchange,
    IkeFlags Flags,
    uint MessageId,
    uint Length)
{
    public const int Size = 28;

    /// <summary>Major version 2, minor version 0.</summary>
    public const byte Version2 = 0x20;

    public int MajorVersion => Version >> 4;

    public bool IsFromOriginalInitiator => (Flags & IkeFlags.Initiator) != 0;

    public bool IsResponse => (Flags & IkeFlags.Response) != 0;

    /// <summary>False when there are fewer than 28 octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out IkeHeader header)
    {
        if (datagram.Length < Size)
        {
            header = default;
            return false;
        }

        header = new IkeHeader(
            BinaryPrimitives.ReadUInt64BigEndian(datagram),
            BinaryPrimitives.ReadUInt64BigEndian(datagram[8..]),
            (PayloadType)datagram[16],
            datagram[17],
            (ExchangeType)datagram[18],
            (IkeFlags)datagram[19],
            BinaryPrimitives.ReadUInt32BigEndian(datagram[20..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[24..]));
        return true;
    }

    /// <summary>Writes 28 octets; Version and reserved flags are cleared (RFC 7296 §3.1).</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, InitiatorSpi);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], ResponderSpi);
        destination[16] = (byte)NextPayload;
        destination[17] = Version;
        destination[18] = (byte)Exchange;
        destination[19] = (byte)(Flags & (IkeFlags.Initiator | IkeFlags.Response));
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], MessageId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[24..], Length);
    }
}
