namespace Concentrator.Ike.Session;

/// <summary>Why a datagram was thrown away without an answer. Also the label of the metric that counts the drops.</summary>
public enum DropReason
{
    /// <summary>Shorter than an IKE header, or the length in the header is not the datagram's.</summary>
    BadLength,

    /// <summary>IKEv1, or a major version above ours: the latter may be answered.</summary>
    BadVersion,

    /// <summary>The initiator's SPI is zero, or a message id that an IKE_SA_INIT cannot have.</summary>
    BadHeader,

    /// <summary>No IKE SA has this SPI.</summary>
    UnknownSpi,

    /// <summary>The payload structure outside the SK payload is broken.</summary>
    Malformed,

    /// <summary>The integrity check failed, or the SK payload cannot be as long as it says.</summary>
    NotAuthentic,

    /// <summary>The message id is neither the next nor the last.</summary>
    OutOfWindow,

    /// <summary>This exchange is not legal in this state.</summary>
    UnexpectedExchange,

    /// <summary>A retransmission of a request whose answer is still being made.</summary>
    InProgress,

    /// <summary>A response to nothing we asked, or one already handled.</summary>
    UnexpectedResponse,

    /// <summary>An error notify that nobody vouches for: recorded, not acted upon (RFC 7296 §2.21).</summary>
    UnauthenticatedError,

    /// <summary>Too many half-open IKE SAs, in all or from this address.</summary>
    HalfOpenLimit,

    /// <summary>Sessions cannot be stored at the moment, and one that could be lost is not begun.</summary>
    StoreUnavailable,

    /// <summary>A cookie was demanded instead of making state.</summary>
    CookieDemanded,

    /// <summary>The client was sent to another gateway (RFC 5685).</summary>
    Redirected,

    /// <summary>The node is shutting down or draining.</summary>
    ShuttingDown,

    /// <summary>Nothing new begins at an address that goes to another node; whoever asks again begins there.</summary>
    AddressMoves,

    /// <summary>The shard has just come to this node, which does not know its IKE SAs yet, and too many wait already.</summary>
    ShardNotReady,

    /// <summary>Sent from node to node too often: they disagree about whose it is.</summary>
    HopLimit,
}
