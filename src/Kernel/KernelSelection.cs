using Concentrator.Kernel.Netlink;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel;

/// <summary>Which backend a node runs on.</summary>
public enum KernelKind
{
    Auto,
    Netlink,
    Userspace,
    Memory,
}

/// <summary>The backend and, in one sentence, why it is this one.</summary>
public sealed record KernelSelection(IXfrmBackend Backend, string Why)
{
    /// <summary>
    /// Opens the backend that is asked for. <see cref="KernelKind.Auto"/> takes netlink where it may be used and the kernel has ESP, else userspace where
    /// there is a TUN device, else memory.
    /// </summary>
    /// <param name="kind">What is asked for.</param>
    /// <param name="seal">What the node's SAs and policies are known by in a kernel that outlives it.</param>
    /// <exception cref="XfrmException">What was asked for cannot be had; the message says what to do.</exception>
    public static KernelSelection Open(KernelKind kind, Seal seal) => kind switch
    {
        KernelKind.Netlink => new KernelSelection(NetlinkXfrmBackend.Open(seal), "kernel netlink, as asked"),
        KernelKind.Userspace => OfUserspace("as asked"),
        KernelKind.Memory => new KernelSelection(new MemoryXfrmBackend(), "kernel memory, as asked: no packet is protected"),
        _ => Choose(seal),
    };

    private static KernelSelection Choose(Seal seal)
    {
        string withoutNetlink;
        try
        {
            NetlinkXfrmBackend netlink = NetlinkXfrmBackend.Open(seal);
            if (RefusalOfEsp(netlink) is not { } refused) return new KernelSelection(netlink, "kernel netlink: XFRM with ESP is here and we may use it");
            netlink.Dispose();
            withoutNetlink = refused;
        }
        catch (XfrmException e)
        {
            withoutNetlink = e.Message;
        }

        try
        {
            return OfUserspace($"netlink will not do: {withoutNetlink}");
        }
        catch (XfrmException e)
        {
            return new KernelSelection(new MemoryXfrmBackend(), $"kernel memory, no packet is protected: netlink will not do: {withoutNetlink}; userspace will not do: {e.Message}");
        }
    }

    private static KernelSelection OfUserspace(string why)
    {
        UserspaceXfrmBackend userspace = UserspaceXfrmBackend.Open();
        return new KernelSelection(userspace, $"kernel userspace, ESP in UDP over {userspace.Device}: {why}");
    }

    /// <summary>Null when the kernel has at least one of the algorithms that peers commonly offer; else what it said.</summary>
    private static string? RefusalOfEsp(IXfrmBackend backend)
    {
        ProbeResult gcm = AlgorithmProbe.Try(backend, EspAlgorithms.AesGcm16(new byte[20]));
        if (gcm.Accepted) return null;
        ProbeResult cbc = AlgorithmProbe.Try(backend, EspAlgorithms.AesCbc(new byte[16], EspAlgorithms.HmacSha256(new byte[32])));
        return cbc.Accepted ? null : $"the kernel has no ESP ({gcm.Algorithms}: {gcm.Reply}; {cbc.Algorithms}: {cbc.Reply})";
    }
}
