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
    /// <summary>The longest answer: a REDIRECT to a name of 255 octets, with a nonce of 256.</summary>
    public const int MaxLength = IkeHeader.Size + NotifyHeader + 2 + 255 + 256;

    private const int NotifyHeader = 8;
    private const int LengthOffset = 24;

    /// <summary>
    /// INVALID_IKE_SPI, and with it the proof that the IKE SA is not known here any more (RFC 6290 §4.5). Returns the length written.
    /// </summary>
    public static int WriteCrash(Span<byte> destination, in IkeHeader request, ReadOnlySpan<byte> token)
    {
        int first = Write(destination, request, NotifyType.InvalidIkeSpi, default);
        int length = first + NotifyHeader + token.Length;
        destination[IkeHeader.Size] = (byte)PayloadType.Notify;
        WriteNotify(destination[first..length], ProtocolId.Ike, NotifyType.QuickCrashDetection, token);
        BinaryPrimitives.WriteUInt32BigEndian(destination[LengthOffset..], (uint)length);
        return length;
    }

    /// <summary>
    /// INVALID_SPI for ESP of somebody we have no IKE SA with: a message that is no request of any exchange and is never answered (RFC 7296 §1.5). Its own SPIs
    /// mean nothing and are zero, which is this message's right alone.
    /// </summary>
    public static int WriteInvalidSpi(Span<byte> destination, uint spi)
    {
        const int length = IkeHeader.Size + NotifyHeader + sizeof(uint);
        IkeHeader header = new(0, 0, PayloadType.Notify, IkeHeader.Version2, ExchangeType.Informational, IkeFlags.Initiator, 0, length);
        header.Write(destination);
        Span<byte> data = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(data, spi);
        WriteNotify(destination[IkeHeader.Size..length], ProtocolId.None, NotifyType.InvalidSpi, data);
        return length;
    }

    public static int LengthOfRedirect(ReadOnlySpan<byte> gateway, ReadOnlySpan<byte> nonce) => IkeHeader.Size + NotifyHeader + gateway.Length + nonce.Length;

    /// <summary>REDIRECT, with the nonce that shows that we have seen the request (RFC 5685 §3). Returns the length written.</summary>
    public static int WriteRedirect(Span<byte> destination, in IkeHeader request, ReadOnlySpan<byte> gateway, ReadOnlySpan<byte> nonce)
    {
        Span<byte> data = stackalloc byte[gateway.Length + nonce.Length];
        gateway.CopyTo(data);
        nonce.CopyTo(data[gateway.Length..]);
        return Write(destination, request, NotifyType.Redirect, data);
    }

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

        WriteNotify(destination[IkeHeader.Size..length], ProtocolId.None, notify, data);
        return length;
    }

    private static void WriteNotify(Span<byte> payload, ProtocolId protocol, NotifyType notify, ReadOnlySpan<byte> data)
    {
        payload.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)payload.Length);
        payload[4] = (byte)protocol;
        BinaryPrimitives.WriteUInt16BigEndian(payload[6..], (ushort)notify);
        data.CopyTo(payload[NotifyHeader..]);
    }
}
