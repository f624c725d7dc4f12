using System.Buffers.Binary;

namespace Concentrator.Kernel.Userspace;

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |               Security Parameters Index (SPI)                 |
// |                      Sequence Number                          |
// |                 IV (as long as the cipher's)                  |
// |                         Payload Data                          |
// |               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |               |     Padding (0-255 bytes)                     |
// +-+-+-+-+-+-+-+-+               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                               |  Pad Length   | Next Header   |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Integrity Check Value-ICV (variable)                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/// <summary>
/// What encrypts and authenticates the packets of one SA, one direction (RFC 4303 §2). Works in place and takes no memory for a packet. Not
/// thread-safe: its SA locks it. Owns its keys.
/// </summary>
internal abstract class EspTransform(int ivSize, int icvSize, int alignment) : IDisposable
{
    public const int HeaderSize = 8;

    /// <summary>The most that any transform puts in front of the payload: header and IV of CBC.</summary>
    public const int LargestFront = HeaderSize + 16;

    /// <summary>The most that any transform puts behind it: padding of CBC, its length, next header, ICV of SHA-512.</summary>
    public const int LargestBack = 15 + 2 + 32;

    public int IvSize { get; } = ivSize;

    public int IcvSize { get; } = icvSize;

    /// <summary>What is encrypted is a multiple of this.</summary>
    public int Alignment { get; } = alignment;

    /// <summary>Octets before the payload.</summary>
    public int Front => HeaderSize + IvSize;

    /// <summary>
    /// Fills in IV and ICV and encrypts what is between. <paramref name="packet"/> is whole: header, room for the IV, payload with its trailer, room
    /// for the ICV. False: libcrypto failed, and the packet must not be sent.
    /// </summary>
    public abstract bool TrySeal(Span<byte> packet, ulong sequence);

    /// <summary>
    /// Authenticates, then decrypts in place; false when it is forged, and then the octets are rubbish. <paramref name="sequence"/> is the whole number
    /// of which the packet has the lower half.
    /// </summary>
    public abstract bool TryOpen(Span<byte> packet, ulong sequence);

    /// <summary>What is encrypted has the right size, so that <see cref="TryOpen"/> may be called.</summary>
    public bool IsPlausible(int packetLength)
    {
        int encrypted = packetLength - Front - IcvSize;
        return encrypted >= Math.Max(Alignment, 4) && encrypted % Alignment == 0;
    }

    /// <summary>RFC 4106 §5, RFC 7634 §2.1: with ESN the upper half stands between the two words of the header.</summary>
    protected static ReadOnlySpan<byte> AssociatedData(ReadOnlySpan<byte> packet, ulong sequence, bool extended, Span<byte> room)
    {
        if (!extended) return packet[..HeaderSize];
        packet[..4].CopyTo(room);
        BinaryPrimitives.WriteUInt64BigEndian(room[4..], sequence);
        return room[..12];
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
