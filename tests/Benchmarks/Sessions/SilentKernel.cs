using Concentrator.Kernel;

namespace Concentrator.Benchmarks;

/// <summary>Accepts everything and keeps nothing, as this process does where the SAs are the kernel's.</summary>
internal sealed class SilentKernel : IXfrmBackend
{
    public event Action<XfrmEvent>? EventReceived
    {
        add { }
        remove { }
    }

    public string Name => "silent";

    public UdpSocketOptions SocketOptions(bool isNatPort) => new();

    public void Execute(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies) => replies[..requests.Length].Clear();

    public IReadOnlyList<SaInfo> DumpSas() => [];

    public IReadOnlyList<PolicyInfo> DumpPolicies() => [];

    public void Dispose()
    {
    }
}
