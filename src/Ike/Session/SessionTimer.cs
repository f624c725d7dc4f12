namespace Concentrator.Ike.Session;

/// <summary>The timers an IKE SA may have. Arming one that runs replaces it.</summary>
public enum TimerKind
{
    /// <summary>Send the outstanding request again, or give up. One for each generation of the IKE SA.</summary>
    Retransmit,

    /// <summary>The bound on a responder's half-open life, and on a tombstone's.</summary>
    HalfOpen,

    /// <summary>Nothing was heard from the peer for <c>dpd_delay</c>, or the kernel does not say whether ESP came in.</summary>
    Liveness,

    /// <summary>Nothing was sent for as long as a NAT may be trusted to remember us.</summary>
    Keepalive,

    /// <summary>Try again to bring up the child that <see cref="SessionTimer.Child"/> names.</summary>
    ChildRetry,

    /// <summary>The IKE SA is to be rekeyed.</summary>
    IkeRekey,

    /// <summary>The IKE SA could not be rekeyed in time: it ends.</summary>
    IkeOver,

    /// <summary>A replaced IKE SA, by its generation, is forgotten.</summary>
    ReplacedIkeGone,

    /// <summary>A child, by its id, is to be rekeyed.</summary>
    ChildRekey,

    /// <summary>A child, by its id, has reached the end of its life.</summary>
    ChildOver,

    /// <summary>A replaced child, by its id, receives no more.</summary>
    ChildGone,

    /// <summary>Tell the peer again where the message ids are after a take-over, or give up.</summary>
    Synchronization,

    /// <summary>A child, by its id, that we answered with, and of which nothing was heard since: the peer has had time to object.</summary>
    ChildConfirmation,
}

/// <summary>One timer: its kind and whose it is: the name of a child's configuration, the id of a child, or the generation of an IKE SA.</summary>
public readonly record struct SessionTimer(TimerKind Kind, string Child = "", uint Number = 0);
