namespace Concentrator.Ike.Configuration;

/// <summary>What a second IKE_SA of the same two identities does to the first (swanctl.conf <c>unique</c>).</summary>
public enum UniquePolicy
{
    /// <summary>Nothing, unless the peer says INITIAL_CONTACT.</summary>
    No,

    /// <summary>Nothing, and INITIAL_CONTACT is ignored.</summary>
    Never,

    /// <summary>The new one replaces the old one.</summary>
    Replace,

    /// <summary>The old one stays and the new one is refused.</summary>
    Keep,
}
