using System.Net;
using System.Security.Cryptography;

namespace Concentrator.Kernel;

/// <summary>An inbound SPI that waits for its SA. <see cref="Larval"/>: the kernel allocated it and holds an SAD entry for it.</summary>
internal sealed record SpiReservation(uint Spi, string Owner, IPAddress Destination, TimeSpan Deadline, bool Larval);

/// <summary>
/// The inbound SPIs of this node: who has which, and until when it may be without an SA. Choosing them here, not in the kernel, avoids a walk
/// over all SAs for each. Not thread-safe.
/// </summary>
internal sealed class SpiTable(Func<uint>? draw)
{
    private const int DrawLimit = 256;

    private readonly Dictionary<uint, SpiReservation> _reserved = [];
    private readonly HashSet<uint> _inUse = [];

    public int Reserved => _reserved.Count;

    public IReadOnlyCollection<SpiReservation> Reservations => _reserved.Values;

    /// <summary>A random SPI of this range that nothing on this node uses; null when none was found in a bounded number of draws.</summary>
    public uint? Draw(uint lowest, uint highest)
    {
        for (int i = 0; i < DrawLimit; i++)
        {
            uint spi = lowest + (draw?.Invoke() ?? RandomUInt32()) % (highest - lowest + 1);
            if (!_reserved.ContainsKey(spi) && !_inUse.Contains(spi)) return spi;
        }

        return null;
    }

    public void Reserve(SpiReservation reservation) => _reserved[reservation.Spi] = reservation;

    /// <summary>A certain one, if nothing on this node uses it.</summary>
    public bool TryReserve(SpiReservation reservation) => !_inUse.Contains(reservation.Spi) && _reserved.TryAdd(reservation.Spi, reservation);

    public SpiReservation? Take(uint spi) => _reserved.Remove(spi, out SpiReservation? reservation) ? reservation : null;

    public SpiReservation? Find(uint spi) => _reserved.GetValueOrDefault(spi);

    /// <summary>An SA has it, or a quarantined one may still.</summary>
    public void Occupy(uint spi) => _inUse.Add(spi);

    public void Vacate(uint spi) => _inUse.Remove(spi);

    private static uint RandomUInt32()
    {
        Span<byte> octets = stackalloc byte[4];
        RandomNumberGenerator.Fill(octets);
        return BitConverter.ToUInt32(octets);
    }
}
