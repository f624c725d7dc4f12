using Akka.Actor;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Transport;

/// <summary>
/// One datagram on its way through the rooms, in a pooled buffer. It has one owner at a time: the socket that filled it, the router, the IKE_SA
/// actor; the last one releases it. Who lost one (a dead letter) has lost a buffer to the garbage collector, no more.
/// </summary>
internal sealed class InboundDatagram(DatagramPool pool) : INoSerializationVerificationNeeded
{
    private const uint MostHops = 8;

    private readonly byte[] _buffer = new byte[DatagramPool.LongestMessage];
    private int _length;

    public UdpEndpoint Peer { get; private set; }

    /// <summary>The address and port it was sent to.</summary>
    public UdpEndpoint Local { get; private set; }

    /// <summary>It came with the non-ESP marker, which <see cref="Message"/> is without.</summary>
    public bool HadMarker { get; private set; }

    /// <summary>The node whose socket it came to; null: this one.</summary>
    public Address? Ingress { get; private set; }

    /// <summary>How often it was handed on, between nodes or to a router once more.</summary>
    public uint Hops { get; private set; }

    public Memory<byte> Message => _buffer.AsMemory(0, _length);

    /// <summary>Copies <paramref name="message"/>, which is no longer than <see cref="DatagramPool.LongestMessage"/>.</summary>
    public void Fill(ReadOnlySpan<byte> message, in UdpEndpoint local, in UdpEndpoint peer, bool hadMarker)
    {
        message.CopyTo(_buffer);
        _length = message.Length;
        Peer = peer;
        Local = local;
        HadMarker = hadMarker;
        Ingress = null;
        Hops = 0;
    }

    /// <summary>It came from another node.</summary>
    public void Travelled(Address ingress, uint hops) => (Ingress, Hops) = (ingress, hops + 1);

    /// <summary>Goes to a router once more. False when it has been around too often: nodes disagree about where its shard is.</summary>
    public bool TryPass() => ++Hops <= MostHops;

    public IkePath Path() => new(Local.ToIPEndPoint(), Peer.ToIPEndPoint(), HadMarker);

    /// <summary>Nothing of it may be used afterwards.</summary>
    public void Release()
    {
        _length = 0;
        pool.Return(this);
    }
}
