using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>A backend that says what was asked of it and what came of it, on the caller's thread, before the caller knows. Owns nothing.</summary>
internal sealed class ObservedBackend(IXfrmBackend backend, ObservedBackend.Observer observer) : IXfrmBackend
{
    public delegate void Observer(ReadOnlySpan<XfrmRequest> requests, ReadOnlySpan<XfrmReply> replies);

    public string Name => backend.Name;

    public event Action<XfrmEvent>? EventReceived
    {
        add => backend.EventReceived += value;
        remove => backend.EventReceived -= value;
    }

    public UdpSocketOptions SocketOptions(bool isNatPort) => backend.SocketOptions(isNatPort);

    public void Execute(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies)
    {
        backend.Execute(requests, replies);
        observer(requests, replies);
    }

    public IReadOnlyList<SaInfo> DumpSas() => backend.DumpSas();

    public IReadOnlyList<PolicyInfo> DumpPolicies() => backend.DumpPolicies();

    public IEnumerable<SaInfo> StreamSas() => backend.StreamSas();

    public IEnumerable<PolicyInfo> StreamPolicies() => backend.StreamPolicies();

    public void Dispose()
    {
    }
}
