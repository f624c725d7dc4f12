using System.Buffers.Binary;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Routing;

// Notify payload (RFC 7296 §3.10), the only one of the message:
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Next Payload  |C|  RESERVED   |         Payload Length        |
// |  Protocol ID  |   SPI Size    |      Notify Message Type      |
// ~                       Notification Data                       ~

/// <summary>Writes a response outside any IKE SA: the request's header turned round, and one notify. Allocates nothing.</summary>
internal static class UnprotectedAnswer
{
    /// <summary>The longest answer: with a cookie of 64 octets.</summary>
    public const int MaxLength = IkeHeader.Size + NotifyHeader + 64;

    private const int NotifyHeader = 8;

    /// <summary>Returns the length written.</summary>
    public static int Write(Span<byte> destination, in IkeHeader request, NotifyType notify, ReadOnlySpan<byte> data)
    {
        int length = IkeHeader.Size + NotifyHeader + data.Length;
        // RFC 7296 §1.5: the SPIs, the message id and the exchange type are copied from the request; the response flag is set.
        IkeFlags role = request.IsFromOriginalInitiator ? IkeFlags.None : IkeFlags.Initiator;
        IkeHeader header = request with
        {
            NextPayload = PayloadType.Notify,
            Version = IkeHeader.Version2,
            Flags = role | IkeFlags.Response,
            Length = (uint)length,
        };
        header.Write(destination);

        Span<byte> payload = destination[IkeHeader.Size..length];
        payload.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(payload[6..], (ushort)notify);
        data.CopyTo(payload[NotifyHeader..]);
        return length;
    }
}
