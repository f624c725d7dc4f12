namespace Concentrator.Ike.Session;

public static class IkeSaStateExtensions
{
    /// <summary>The word that operators know from other IKE daemons: CREATED, CONNECTING, ESTABLISHED, DELETING, DESTROYING.</summary>
    public static string DisplayName(this IkeSaState state) => state switch
    {
        IkeSaState.Created => "CREATED",
        IkeSaState.InitRequested or IkeSaState.InitAnswered or IkeSaState.AuthRequested => "CONNECTING",
        IkeSaState.Established => "ESTABLISHED",
        IkeSaState.Deleting => "DELETING",
        _ => "DESTROYING",
    };
}
