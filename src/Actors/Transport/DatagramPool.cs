using System.Collections.Concurrent;

namespace Concentrator.Actors.Transport;

/// <summary>Datagrams that wait to be filled again; more than a bounded number are left to the garbage collector. Safe from any thread.</summary>
internal sealed class DatagramPool
{
    /// <summary>Octets of the longest IKE message that is read (RFC 7296 §2 asks for 3,000 at least); longer ones are dropped.</summary>
    public const int LongestMessage = 10_000;

    private const int MostKept = 256;

    private readonly ConcurrentQueue<InboundDatagram> _kept = new();
    private int _count;

    public InboundDatagram Rent()
    {
        if (!_kept.TryDequeue(out InboundDatagram? datagram)) return new InboundDatagram(this);
        Interlocked.Decrement(ref _count);
        return datagram;
    }

    public void Return(InboundDatagram datagram)
    {
        if (Interlocked.Increment(ref _count) <= MostKept) _kept.Enqueue(datagram);
        else Interlocked.Decrement(ref _count);
    }
}
