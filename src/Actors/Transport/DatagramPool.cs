using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Concentrator.Actors.Transport;

/// <summary>
/// Datagrams that wait to be filled again, and the bound on those that wait for the router: in a flood the sockets drop, so that the
/// router's mailbox does not grow. Safe from any thread.
/// </summary>
internal sealed class DatagramPool
{
    /// <summary>Octets of the longest IKE message that is read (RFC 7296 §2 asks for 3,000 at least); longer ones are dropped.</summary>
    public const int LongestMessage = 10_000;

    private const int MostKept = 256;
    private const int MostQueued = 4096;

    private readonly ConcurrentQueue<InboundDatagram> _kept = new();
    private int _count;
    private int _queued;

    /// <summary>One to fill and hand to the router; false while the router has too many already.</summary>
    public bool TryRent([NotNullWhen(true)] out InboundDatagram? datagram)
    {
        datagram = null;
        if (Interlocked.Increment(ref _queued) > MostQueued)
        {
            Interlocked.Decrement(ref _queued);
            return false;
        }

        datagram = Rent();
        return true;
    }

    /// <summary>One that does not go to the router.</summary>
    public InboundDatagram Rent()
    {
        if (!_kept.TryDequeue(out InboundDatagram? datagram)) return new InboundDatagram(this);
        Interlocked.Decrement(ref _count);
        return datagram;
    }

    /// <summary>One goes to the router a second time.</summary>
    public void Requeued() => Interlocked.Increment(ref _queued);

    /// <summary>The router has one in hand.</summary>
    public void Dequeued() => Interlocked.Decrement(ref _queued);

    public void Return(InboundDatagram datagram)
    {
        if (Interlocked.Increment(ref _count) <= MostKept) _kept.Enqueue(datagram);
        else Interlocked.Decrement(ref _count);
    }
}
