namespace Concentrator.Ike.Session;

/// <summary>Where an IKE SA is in its life. <see cref="Transitions"/> says which steps between these are legal.</summary>
public enum IkeSaState
{
    /// <summary>Nothing sent or received yet.</summary>
    Created,

    /// <summary>Initiator: an IKE_SA_INIT request is on its way.</summary>
    InitRequested,

    /// <summary>Responder: IKE_SA_INIT was answered, nobody is authenticated.</summary>
    InitAnswered,

    /// <summary>Initiator: keys exist; the first child's SPI is being reserved or IKE_AUTH is on its way.</summary>
    AuthRequested,

    /// <summary>Both ends are authenticated.</summary>
    Established,

    /// <summary>A Delete of this IKE SA is on its way to the peer.</summary>
    Deleting,

    /// <summary>Refused or ended by the peer; kept for a while to repeat the last response byte for byte.</summary>
    Tombstone,

    /// <summary>Gone. Nothing is handled any more.</summary>
    Destroyed,
}
