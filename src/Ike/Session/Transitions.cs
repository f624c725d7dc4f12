namespace Concentrator.Ike.Session;

/// <summary>What makes an IKE SA change its state.</summary>
public enum Trigger
{
    Initiate,
    InitRequestAccepted,
    InitResponseAccepted,
    PeerAuthenticated,
    AuthenticationRefused,
    Refused,
    CloseAsked,
    DeletedByPeer,
    TimeSpent,
    Abandoned,
}

public enum IkeRole
{
    Initiator,
    Responder,
    Either,
}

/// <summary>One legal step of an IKE SA's life, with its story in a line.</summary>
public sealed record Transition(IkeSaState From, Trigger Trigger, IkeRole Role, IkeSaState To, string Story);

/// <summary>All legal steps. The session consults this table for every step; the graph in ARCHITECTURE.md is drawn from it.</summary>
public static class Transitions
{
    public static IReadOnlyList<Transition> All { get; } =
    [
        new(IkeSaState.Created, Trigger.Initiate, IkeRole.Initiator, IkeSaState.InitRequested, "We send IKE_SA_INIT."),
        new(IkeSaState.Created, Trigger.InitRequestAccepted, IkeRole.Responder, IkeSaState.InitAnswered, "We answer IKE_SA_INIT; keys exist, nobody is authenticated."),
        new(IkeSaState.Created, Trigger.Refused, IkeRole.Responder, IkeSaState.Destroyed, "No proposal, no connection or another group: one unprotected notify, no state kept."),
        new(IkeSaState.InitRequested, Trigger.InitResponseAccepted, IkeRole.Initiator, IkeSaState.AuthRequested, "Keys exist; the first child's SPI is reserved and IKE_AUTH sent."),
        new(IkeSaState.InitAnswered, Trigger.PeerAuthenticated, IkeRole.Responder, IkeSaState.Established, "AUTH fits; the response waits for the kernel."),
        new(IkeSaState.InitAnswered, Trigger.AuthenticationRefused, IkeRole.Responder, IkeSaState.Tombstone, "AUTH does not fit: N(AUTHENTICATION_FAILED), kept to be repeated."),
        new(IkeSaState.AuthRequested, Trigger.PeerAuthenticated, IkeRole.Initiator, IkeSaState.Established, "The responder's AUTH fits."),
        new(IkeSaState.AuthRequested, Trigger.AuthenticationRefused, IkeRole.Initiator, IkeSaState.Deleting, "The responder's AUTH does not fit: it is told in an INFORMATIONAL of our own."),
        new(IkeSaState.AuthRequested, Trigger.Refused, IkeRole.Initiator, IkeSaState.Destroyed, "The protected response holds an error instead of AUTH."),
        new(IkeSaState.AuthRequested, Trigger.CloseAsked, IkeRole.Initiator, IkeSaState.Destroyed, "Given up before the peer could authenticate."),
        new(IkeSaState.Established, Trigger.CloseAsked, IkeRole.Either, IkeSaState.Deleting, "We send a Delete for the IKE SA."),
        new(IkeSaState.Established, Trigger.DeletedByPeer, IkeRole.Either, IkeSaState.Tombstone, "The peer's Delete is answered; the answer is kept to be repeated."),
        new(IkeSaState.Established, Trigger.Refused, IkeRole.Either, IkeSaState.Tombstone, "A protected message is malformed: N(INVALID_SYNTAX) or nothing, and the end."),
        new(IkeSaState.Deleting, Trigger.DeletedByPeer, IkeRole.Either, IkeSaState.Tombstone, "Both sides delete at once."),
        new(IkeSaState.Deleting, Trigger.Refused, IkeRole.Either, IkeSaState.Destroyed, "The peer's answer to our Delete, whatever it is."),
    ];

    /// <summary>The state after <paramref name="trigger"/>; null when the table has no such step.</summary>
    public static IkeSaState? Next(IkeSaState from, Trigger trigger, bool isInitiator)
    {
        // Time and sweeps end an IKE SA from anywhere; they are not repeated in the table.
        if (trigger is Trigger.TimeSpent or Trigger.Abandoned) return IkeSaState.Destroyed;
        IkeRole role = isInitiator ? IkeRole.Initiator : IkeRole.Responder;
        return All.FirstOrDefault(t => t.From == from && t.Trigger == trigger && (t.Role == role || t.Role == IkeRole.Either))?.To;
    }
}
