using Concentrator.Ike.Session;

namespace Concentrator.Actors.Connections;

/// <summary>Whether a connection that the configuration wants up is called again after its IKE SA ended.</summary>
internal static class KeyingPolicy
{
    /// <param name="reason">Why the IKE SA ended.</param>
    /// <param name="wasEstablished">Both ends had been authenticated; then the count of attempts begins anew.</param>
    /// <param name="attempt">The number of this attempt, from 1.</param>
    /// <param name="keyingTries">swanctl.conf <c>keyingtries</c>; 0: for ever.</param>
    public static bool CallsAgain(EndReason reason, bool wasEstablished, int attempt, int keyingTries) => reason switch
    {
        // dpd_action says what becomes of the children of a peer that is found dead or has crashed.
        EndReason.PeerUnreachable or EndReason.PeerCrashed when wasEstablished => false,
        // An operator, the shutdown or the peer wanted it so; or a newer IKE SA of the same peer is up, or is called elsewhere.
        EndReason.DeletedByUs or EndReason.DeletedByPeer or EndReason.Replaced or EndReason.Redirected => false,
        // It goes on, elsewhere.
        EndReason.TakenOver => false,
        _ => wasEstablished || keyingTries == 0 || attempt < keyingTries,
    };
}
