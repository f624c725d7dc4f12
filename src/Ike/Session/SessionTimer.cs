namespace Concentrator.Ike.Session;

/// <summary>The timers an IKE SA may have. Arming one that runs replaces it.</summary>
public enum TimerKind
{
    /// <summary>Send the outstanding request again, or give up.</summary>
    Retransmit,

    /// <summary>The bound on a responder's half-open life, and on a tombstone's.</summary>
    HalfOpen,

    /// <summary>Nothing was heard from the peer for <c>dpd_delay</c>.</summary>
    Liveness,

    /// <summary>Try again to bring up the child that <see cref="SessionTimer.Child"/> names.</summary>
    ChildRetry,
}

/// <summary>One timer: its kind and, for <see cref="TimerKind.ChildRetry"/>, the name of the child's configuration.</summary>
public readonly record struct SessionTimer(TimerKind Kind, string Child = "");
