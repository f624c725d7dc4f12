namespace Concentrator.Ike.Configuration;

/// <summary>IKE fragmentation, RFC 7383 (swanctl.conf <c>fragmentation</c>).</summary>
public enum FragmentationPolicy
{
    /// <summary>Offered and used.</summary>
    Yes,

    /// <summary>The peer's fragments are accepted, none are sent.</summary>
    Accept,

    /// <summary>Used for the first protected message already.</summary>
    Force,

    No,
}
