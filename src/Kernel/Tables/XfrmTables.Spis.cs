using System.Net;

namespace Concentrator.Kernel;

/// <summary>Inbound SPIs before they have an SA.</summary>
public sealed partial class XfrmTables
{
    /// <summary>
    /// Reserves an inbound SPI for traffic from <paramref name="source"/> (the peer) to <paramref name="destination"/> (us), until it is installed,
    /// released, swept with its owner, or past its deadline.
    /// </summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="source">The peer.</param>
    /// <param name="destination">Us.</param>
    /// <param name="mode">Of the SA that comes.</param>
    /// <param name="reqId">Of the SA that comes.</param>
    /// <param name="now">On the caller's clock.</param>
    /// <param name="shard">The part of the range that the session's shard has, so that no other node draws from it; null: all of it.</param>
    public SpiResult ReserveSpi(string owner, IPAddress source, IPAddress destination, XfrmMode mode, uint reqId, TimeSpan now, byte? shard = null)
    {
        (uint lowest, uint highest) = RangeOf(shard);
        TimeSpan deadline = now + options.ReservationLifetime;
        if (options.SpiAllocation == SpiAllocation.Node)
        {
            if (_spis.Draw(lowest, highest) is { } drawn)
            {
                _spis.Reserve(new SpiReservation(drawn, owner, destination, deadline, Larval: false));
                return new SpiResult(drawn, null);
            }

            var exhausted = new XfrmReply(Errno.ENOENT, "No SPI available in the node's range");
            return new SpiResult(0, Refusal.Of(Allocation(source, destination, mode, reqId, lowest, highest), exhausted));
        }

        AllocateSpi request = Allocation(source, destination, mode, reqId, lowest, highest);
        XfrmReply reply = backend.Execute(request);
        if (!reply.Succeeded) return new SpiResult(0, Refusal.Of(request, reply));
        _spis.Reserve(new SpiReservation(reply.Spi, owner, destination, deadline, Larval: true));
        return new SpiResult(reply.Spi, null);
    }

    private static AllocateSpi Allocation(IPAddress source, IPAddress destination, XfrmMode mode, uint reqId, uint lowest, uint highest) =>
        new(source, destination, mode, reqId, lowest, highest);

    /// <summary>Each of 256 shards has an equal part of the range: an SA then has an SPI of its own on whatever node it is.</summary>
    private (uint Lowest, uint Highest) RangeOf(byte? shard)
    {
        uint part = (uint)(((ulong)options.HighestSpi - options.LowestSpi + 1) / 256);
        if (shard is not { } number || part == 0) return (options.LowestSpi, options.HighestSpi);
        uint lowest = options.LowestSpi + number * part;
        return (lowest, lowest + part - 1);
    }

    /// <summary>Gives an SPI back; where the kernel allocated it its larval SAD entry goes. One that is not reserved is left alone.</summary>
    public void ReleaseSpi(uint spi)
    {
        if (_spis.Take(spi) is { Larval: true } larval) DeleteSaEntry(new SaId(larval.Destination, spi));
    }

    /// <summary>Gives back what is past its deadline; returns those SPIs.</summary>
    public IReadOnlyList<uint> ExpireReservations(TimeSpan now)
    {
        List<uint> expired = [.. _spis.Reservations.Where(r => r.Deadline <= now).Select(r => r.Spi)];
        foreach (uint spi in expired) ReleaseSpi(spi);
        return expired;
    }
}
