namespace Concentrator.Kernel.Userspace;

/// <summary>Padding, its length and the next header (RFC 4303 §2.4 to 2.6).</summary>
internal static class EspTrailer
{
    public const byte Ipv4 = 4;
    public const byte Ipv6 = 41;

    /// <summary>RFC 4303 §2.6: a dummy packet, to be thrown away.</summary>
    public const byte NoNextHeader = 59;

    private const int Size = 2;

    /// <summary>Octets of payload and trailer together.</summary>
    public static int Padded(int payloadLength, int alignment) => (payloadLength + Size + alignment - 1) / alignment * alignment;

    /// <summary><paramref name="room"/> is what lies between payload and ICV.</summary>
    public static void Write(Span<byte> room, byte nextHeader)
    {
        // RFC 4303 §2.4: 1, 2, 3 …
        for (int i = 0; i < room.Length - Size; i++) room[i] = (byte)(i + 1);
        room[^2] = (byte)(room.Length - Size);
        room[^1] = nextHeader;
    }

    /// <summary>The payload's length, or -1 when the padding is none.</summary>
    public static int Strip(ReadOnlySpan<byte> decrypted, out byte nextHeader)
    {
        nextHeader = decrypted[^1];
        int padding = decrypted[^2];
        int payload = decrypted.Length - Size - padding;
        if (payload < 0) return -1;
        // RFC 4303 §2.4: the receiver should look at it.
        for (int i = 0; i < padding; i++)
        {
            if (decrypted[payload + i] != i + 1) return -1;
        }

        return payload;
    }
}
