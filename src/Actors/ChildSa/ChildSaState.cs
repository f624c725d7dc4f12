namespace Concentrator.Actors.ChildSa;

/// <summary>Where a CHILD_SA is in its life.</summary>
public enum ChildSaState
{
    /// <summary>Nothing, or an inbound SPI alone, is in the kernel.</summary>
    Created,

    /// <summary>The kernel was asked for both SAs and their policies.</summary>
    Installing,

    /// <summary>The kernel carries traffic for it.</summary>
    Installed,

    /// <summary>Another child has taken its place: it receives what is on its way, and sends no more.</summary>
    Rekeyed,

    /// <summary>The kernel was asked to take everything out.</summary>
    Deleting,

    /// <summary>Gone. Nothing is handled any more.</summary>
    Destroying,
}

public static class ChildSaStateExtensions
{
    /// <summary>The word that operators know: CREATED, INSTALLING, INSTALLED, REKEYED, DELETING, DESTROYING.</summary>
    public static string DisplayName(this ChildSaState state) => state switch
    {
        ChildSaState.Created => "CREATED",
        ChildSaState.Installing => "INSTALLING",
        ChildSaState.Installed => "INSTALLED",
        ChildSaState.Rekeyed => "REKEYED",
        ChildSaState.Deleting => "DELETING",
        _ => "DESTROYING",
    };
}
