namespace Concentrator.Ike.Session;

/// <summary>Why an IKE SA ended. Also the label of the metric that counts the ends.</summary>
public enum EndReason
{
    /// <summary>The peer sent a Delete for the IKE SA.</summary>
    DeletedByPeer,

    /// <summary>We sent a Delete: an operator or the shutdown asked for it.</summary>
    DeletedByUs,

    /// <summary>All retransmissions of a request are spent.</summary>
    PeerUnreachable,

    /// <summary>The peer has proven that it lost the IKE SA (RFC 6290).</summary>
    PeerCrashed,

    /// <summary>The peer did not go on after IKE_SA_INIT in time.</summary>
    HalfOpenTimeout,

    /// <summary>No proposal of the peer, or none of ours, was acceptable for the IKE SA.</summary>
    NoProposalChosen,

    /// <summary>Another key exchange method is wanted: the peer was told and starts anew.</summary>
    InvalidKePayload,

    /// <summary>The peer's public value must not be computed on (RFC 6989).</summary>
    InvalidPublicValue,

    /// <summary>We could not authenticate the peer.</summary>
    PeerNotAuthenticated,

    /// <summary>The peer could not authenticate us.</summary>
    AuthenticationFailed,

    /// <summary>No pre-shared key of ours is for this pair of identities.</summary>
    NoSharedKey,

    /// <summary>No certificate of ours, with its private key and a signature that the peer verifies, can prove who we are.</summary>
    NoCertificate,

    /// <summary>The peer wants no NAT between us, and there is one (RFC 4555 §3.9).</summary>
    UnexpectedNat,

    /// <summary>The peer did not prove that it can be reached where it says (RFC 4555 §3.7).</summary>
    NotRoutable,

    /// <summary>The peer takes none of the addresses that we have now (RFC 4555 §3.5).</summary>
    AddressesRefused,

    /// <summary>No connection of the configuration fits the peer.</summary>
    NoConnection,

    /// <summary>The peer refused the exchange with another error.</summary>
    RefusedByPeer,

    /// <summary>A protected message was malformed (RFC 7296 §2.21.3).</summary>
    InvalidSyntax,

    /// <summary>A critical payload is not known during authentication (RFC 7296 §2.21.2).</summary>
    UnsupportedCriticalPayload,

    /// <summary>The kernel gave no SPI for the first child, and the peer knows no childless IKE SA.</summary>
    KernelRefused,

    /// <summary>The peer has no address for us inside the tunnel, and gives one with a new IKE SA alone (RFC 7296 §3.15.4).</summary>
    NoAddress,

    /// <summary>The IKE SA could not be rekeyed in time: it is built anew.</summary>
    RekeyFailed,

    /// <summary>A newer IKE SA of the same peer took this one's place.</summary>
    Replaced,

    /// <summary>One of the two went to another gateway (RFC 5685).</summary>
    Redirected,

    /// <summary>The state could not be stored, and nobody may rely on what a failure would lose.</summary>
    StoreUnavailable,

    /// <summary>Another node of ours has it now.</summary>
    TakenOver,

    /// <summary>A bug of ours: the actor failed.</summary>
    Failed,
}
