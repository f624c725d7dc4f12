using System.Net;

namespace Concentrator.Actors.Routing;

/// <summary>Where a datagram came from, as a value: nothing is allocated until somebody needs an <see cref="IPEndPoint"/>.</summary>
public readonly record struct PeerAddress
{
    private readonly UInt128 _bits;

    public PeerAddress(ReadOnlySpan<byte> address, ushort port)
    {
        foreach (byte octet in address) _bits = (_bits << 8) | octet;
        Length = (byte)address.Length;
        Port = port;
    }

    /// <summary>4 or 16 octets.</summary>
    public byte Length { get; }

    public ushort Port { get; }

    public static PeerAddress Of(IPEndPoint endpoint)
    {
        Span<byte> octets = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(octets, out int length);
        return new PeerAddress(octets[..length], (ushort)endpoint.Port);
    }

    /// <summary>Writes <see cref="Length"/> octets and returns their part of <paramref name="destination"/>.</summary>
    public ReadOnlySpan<byte> Write(Span<byte> destination)
    {
        UInt128 rest = _bits;
        for (int i = Length - 1; i >= 0; i--, rest >>= 8) destination[i] = (byte)rest;
        return destination[..Length];
    }

    public IPAddress ToAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        return new IPAddress(Write(octets));
    }

    public IPEndPoint ToEndPoint() => new(ToAddress(), Port);

    public override string ToString() => ToEndPoint().ToString();
}
