namespace Concentrator.Kernel.Netlink;

/// <summary>What the kernel does with packets that wait for an SA (net.core.xfrm_larval_drop): of the network namespace of the calling thread.</summary>
public static class LarvalPackets
{
    private const string Setting = "/proc/sys/net/core/xfrm_larval_drop";

    /// <summary>They are dropped; false: they wait, or it cannot be told.</summary>
    public static bool AreDropped()
    {
        try
        {
            return File.ReadAllText(Setting).Trim() != "0";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
