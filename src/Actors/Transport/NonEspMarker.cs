using System.Buffers.Binary;

namespace Concentrator.Actors.Transport;

// RFC 3948 §2.2: on the NAT port IKE follows four octets of zero, where ESP has its SPI.

/// <summary>What a datagram on the NAT port is.</summary>
internal enum NatPortContent
{
    Ike,
    Keepalive,
    Other,
}

/// <summary>The four octets that tell IKE from ESP on the NAT port.</summary>
internal static class NonEspMarker
{
    public const int Length = 4;

    private const byte Keepalive = 0xff;

    /// <summary>The whole datagram.</summary>
    public static ReadOnlySpan<byte> KeepaliveDatagram => [Keepalive];

    /// <summary>Takes the marker off IKE.</summary>
    public static NatPortContent Strip(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> message)
    {
        message = default;
        // RFC 3948 §2.3
        if (datagram is [Keepalive]) return NatPortContent.Keepalive;
        if (datagram.Length <= Length || BinaryPrimitives.ReadUInt32BigEndian(datagram) != 0) return NatPortContent.Other;
        message = datagram[Length..];
        return NatPortContent.Ike;
    }
}
