namespace Concentrator.Actors.Transport;

/// <summary>What the sockets threw away before anybody looked at it as IKE. Safe from any thread.</summary>
public sealed class TransportCounters
{
    private long _keepalives;
    private long _withoutMarker;
    private long _tooLong;
    private long _overrun;
    private long _sendFailures;

    /// <summary>NAT keepalives (RFC 3948 §2.3).</summary>
    public long Keepalives => Interlocked.Read(ref _keepalives);

    /// <summary>Neither a keepalive nor behind a non-ESP marker: ESP for which there is no SA.</summary>
    public long WithoutMarker => Interlocked.Read(ref _withoutMarker);

    public long TooLong => Interlocked.Read(ref _tooLong);

    /// <summary>More than the router keeps up with.</summary>
    public long Overrun => Interlocked.Read(ref _overrun);

    public long SendFailures => Interlocked.Read(ref _sendFailures);

    internal void CountKeepalive() => Interlocked.Increment(ref _keepalives);

    internal void CountWithoutMarker() => Interlocked.Increment(ref _withoutMarker);

    internal void CountTooLong() => Interlocked.Increment(ref _tooLong);

    internal void CountOverrun() => Interlocked.Increment(ref _overrun);

    internal void CountSendFailure() => Interlocked.Increment(ref _sendFailures);
}
