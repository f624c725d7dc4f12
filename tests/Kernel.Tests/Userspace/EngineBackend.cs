using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>An engine as a backend, without device and routes; with a memory of what was asked, and refusals on demand.</summary>
internal sealed class EngineBackend(EspEngine engine) : IXfrmBackend
{
    private Func<XfrmRequest, bool> _isRefused = _ => false;
    private int _error;
    private int _times;

    public string Name => "engine";

    public List<(XfrmRequest Request, XfrmReply Reply)> History { get; } = [];

    public event Action<XfrmEvent>? EventReceived
    {
        add => engine.EventRaised += value;
        remove => engine.EventRaised -= value;
    }

    public UdpSocketOptions SocketOptions(bool isNatPort) => new();

    /// <summary>The next requests like this are refused, and have no effect.</summary>
    public void Refuse(Func<XfrmRequest, bool> matches, int error, int times) => (_isRefused, _error, _times) = (matches, error, times);

    public void Execute(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies)
    {
        for (int i = 0; i < requests.Length; i++)
        {
            bool isRefused = _times > 0 && _isRefused(requests[i]);
            if (isRefused) _times--;
            replies[i] = isRefused ? new XfrmReply(_error) : engine.Perform(requests[i]);
            History.Add((requests[i], replies[i]));
        }
    }

    public IReadOnlyList<SaInfo> DumpSas() => engine.Sas;

    public IReadOnlyList<PolicyInfo> DumpPolicies() => engine.Policies;

    public void Dispose()
    {
    }
}
