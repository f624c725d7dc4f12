
namespace Concentrator.Kernel;

/// <summary>
/// An SAD and SPD: the kernel's over netlink, one in this process that protects packets itself, or a mere one in memory. Synchronous, for one thread at a time: a netlink request runs inside the system
/// call that sends it, so the KernelActor that owns this has a thread of its own. Only <see cref="EventReceived"/> comes from another thread.
/// </summary>
public interface IXfrmBackend : IDisposable
{
    /// <summary><c>netlink</c>, <c>userspace</c> or <c>memory</c>.</summary>
    string Name { get; }

    /// <summary>What the node's sockets must be like for this SAD and SPD.</summary>
    UdpSocketOptions SocketOptions(bool isNatPort);

    /// <summary>
    /// Executes all requests in order, in as few system calls as it can, each whatever the ones before it came to;
    /// <paramref name="replies"/> has room for as many. Never throws for a refusal. It is done with the keys when it returns.
    /// </summary>
    void Execute(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies);

    /// <exception cref="XfrmException">The kernel refuses to tell.</exception>
    IReadOnlyList<SaInfo> DumpSas();

    /// <exception cref="XfrmException">The kernel refuses to tell.</exception>
    IReadOnlyList<PolicyInfo> DumpPolicies();

    /// <summary>
    /// The same, read from the kernel as it is enumerated; requests may be executed in between, one dump at a time. What changes meanwhile may be told or not.
    /// </summary>
    /// <exception cref="XfrmException">While enumerating: the kernel refuses to tell, or what it told was lost.</exception>
    IEnumerable<SaInfo> StreamSas() => DumpSas();

    /// <inheritdoc cref="StreamSas"/>
    IEnumerable<PolicyInfo> StreamPolicies() => DumpPolicies();

    /// <summary>Raised on a thread of the backend's own, or on one that brings it packets: whoever listens hands on and returns.</summary>
    event Action<XfrmEvent>? EventReceived;
}

public static class XfrmBackendExtensions
{
    public static XfrmReply Execute(this IXfrmBackend backend, XfrmRequest request)
    {
        Span<XfrmReply> reply = new XfrmReply[1];
        backend.Execute([request], reply);
        return reply[0];
    }
}
