using System.Diagnostics;
using Concentrator.Kernel;

namespace Concentrator.Benchmarks;

/// <summary>A backend that keeps how long requests about SAs and about policies took.</summary>
internal sealed class TimedBackend(IXfrmBackend inner) : IXfrmBackend
{
    public TimeSpan Sas { get; private set; }

    public TimeSpan Policies { get; private set; }

    public string Name => inner.Name;

    public event Action<XfrmEvent>? EventReceived
    {
        add => inner.EventReceived += value;
        remove => inner.EventReceived -= value;
    }

    public void Reset() => Sas = Policies = TimeSpan.Zero;

    public UdpSocketOptions SocketOptions(bool isNatPort) => inner.SocketOptions(isNatPort);

    public void Execute(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies)
    {
        long started = Stopwatch.GetTimestamp();
        inner.Execute(requests, replies);
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        if (requests[0] is AddPolicy or UpdatePolicy or DeletePolicy or GetPolicy) Policies += took;
        else Sas += took;
    }

    public IReadOnlyList<SaInfo> DumpSas() => inner.DumpSas();

    public IReadOnlyList<PolicyInfo> DumpPolicies() => inner.DumpPolicies();

    public IEnumerable<SaInfo> StreamSas() => inner.StreamSas();

    public IEnumerable<PolicyInfo> StreamPolicies() => inner.StreamPolicies();

    public void Dispose() => inner.Dispose();
}
