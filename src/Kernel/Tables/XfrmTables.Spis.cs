using System.Net;

namespace Concentrator.Kernel;

/// <summary>Inbound SPIs before they have an SA.</summary>
public sealed partial class XfrmTables
{
    /// <summary>
    /// Reserves an inbound SPI for traffic from <paramref name="source"/> (the peer) to <paramref name="destination"/> (us), until it is installed,
    /// released, swept with its owner, or past its deadline.
    /// </summary>
    public SpiResult ReserveSpi(string owner, IPAddress source, IPAddress destination, XfrmMode mode, uint reqId, TimeSpan now)
    {
        TimeSpan deadline = now + options.ReservationLifetime;
        if (options.SpiAllocation == SpiAllocation.Node)
        {
            if (_spis.Draw() is { } drawn)
            {
                _spis.Reserve(new SpiReservation(drawn, owner, destination, deadline, Larval: false));
                return new SpiResult(drawn, null);
            }

            var exhausted = new XfrmReply(Errno.ENOENT, "No SPI available in the node's range");
            return new SpiResult(0, Refusal.Of(Allocation(source, destination, mode, reqId), exhausted));
        }

        AllocateSpi request = Allocation(source, destination, mode, reqId);
        XfrmReply reply = backend.Execute(request);
        if (!reply.Succeeded) return new SpiResult(0, Refusal.Of(request, reply));
        _spis.Reserve(new SpiReservation(reply.Spi, owner, destination, deadline, Larval: true));
        return new SpiResult(reply.Spi, null);
    }

    private AllocateSpi Allocation(IPAddress source, IPAddress destination, XfrmMode mode, uint reqId) =>
        new(source, destination, mode, reqId, options.LowestSpi, options.HighestSpi);

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
