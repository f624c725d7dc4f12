using Concentrator.Kernel.Netlink;

namespace Concentrator.Kernel;

/// <summary>Which backend a node runs on.</summary>
public enum KernelKind
{
    Auto,
    Netlink,
    Memory,
}

/// <summary>The backend and, in one sentence, why it is this one.</summary>
public sealed record KernelSelection(IXfrmBackend Backend, string Why)
{
    /// <summary>Opens the backend that is asked for; <see cref="KernelKind.Auto"/> takes netlink where it may be used, else memory.</summary>
    /// <param name="kind">What is asked for.</param>
    /// <param name="seal">What the node's SAs and policies are known by in a kernel that outlives it.</param>
    /// <exception cref="XfrmException">Netlink was asked for and cannot be had; the message says what to do.</exception>
    public static KernelSelection Open(KernelKind kind, Seal seal)
    {
        switch (kind)
        {
            case KernelKind.Netlink:
                return new KernelSelection(NetlinkXfrmBackend.Open(seal), "kernel netlink, as asked");
            case KernelKind.Memory:
                return new KernelSelection(new MemoryXfrmBackend(), "kernel memory, as asked: no packet is protected");
            default:
                try
                {
                    return new KernelSelection(NetlinkXfrmBackend.Open(seal), "kernel netlink: XFRM is here and we may use it");
                }
                catch (XfrmException e)
                {
                    return new KernelSelection(new MemoryXfrmBackend(), $"kernel memory, no packet is protected: {e.Message}");
                }
        }
    }
}
