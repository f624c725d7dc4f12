namespace Concentrator.Actors.Node;

/// <summary>Which XFRM backend a node uses.</summary>
public enum KernelChoice
{
    /// <summary>Netlink where the process may use it, else memory.</summary>
    Auto,

    /// <summary>The Linux kernel; needs CAP_NET_ADMIN.</summary>
    Netlink,

    /// <summary>An SAD and SPD in memory: nothing is encrypted, for demonstration and tests.</summary>
    Memory,
}
