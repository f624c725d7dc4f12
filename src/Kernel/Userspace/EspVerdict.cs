namespace Concentrator.Kernel.Userspace;

/// <summary>What became of a packet: passed, or why not. Also the name of its counter.</summary>
public enum EspVerdict
{
    Delivered,

    /// <summary>Inbound: no SA has this SPI.</summary>
    UnknownSpi,

    /// <summary>Too short, of a wrong size, badly padded, or no IP packet inside.</summary>
    Malformed,

    /// <summary>Seen before, or too old to tell.</summary>
    Replayed,

    /// <summary>The integrity check value is wrong.</summary>
    Forged,

    /// <summary>Authentic, but not what the SA is for (RFC 4301 §5.2).</summary>
    WrongSelectors,

    /// <summary>The outer header says congestion, and the inner one cannot (RFC 6040 §4.2).</summary>
    Congested,

    /// <summary>RFC 4303 §2.6: there to be thrown away.</summary>
    Dummy,

    /// <summary>A hard limit of the SA was reached.</summary>
    Expired,

    /// <summary>Outbound: routed to us, but no policy is for it.</summary>
    NoPolicy,

    /// <summary>Outbound: a policy without an SA; the packet is held for a while.</summary>
    Held,

    /// <summary>Outbound: a policy without an SA, and as many packets held as may be.</summary>
    NoSa,

    /// <summary>The socket or the TUN device did not take it.</summary>
    NotTaken,
}
