namespace Concentrator.Actors.Placement;

/// <summary>How far control and data are from each other on this node. Safe from any thread.</summary>
public sealed class PlacementCounters
{
    private long _routed;
    private long _hops;
    private long _transmitsElsewhere;
    private long _relocations;
    private long _unknownMessages;

    /// <summary>Datagrams from this node's own sockets that passed the gate.</summary>
    public long Routed => Interlocked.Read(ref _routed);

    /// <summary>Datagrams that were sent on to another node, because the shard lives there.</summary>
    public long Hops => Interlocked.Read(ref _hops);

    /// <summary>Datagrams of sessions that live here which left through another node's socket.</summary>
    public long TransmitsElsewhere => Interlocked.Read(ref _transmitsElsewhere);

    /// <summary>CHILD_SAs of sessions that live here which went to another node's kernel.</summary>
    public long Relocations => Interlocked.Read(ref _relocations);

    /// <summary>Messages of nodes of another version that this one does not know.</summary>
    public long UnknownMessages => Interlocked.Read(ref _unknownMessages);

    internal void CountRouted() => Interlocked.Increment(ref _routed);

    internal void CountHop() => Interlocked.Increment(ref _hops);

    internal void CountTransmitElsewhere() => Interlocked.Increment(ref _transmitsElsewhere);

    internal void CountRelocation() => Interlocked.Increment(ref _relocations);

    internal void CountUnknownMessage() => Interlocked.Increment(ref _unknownMessages);
}
