using System.Collections.Concurrent;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// An SAD and SPD in this process, with the kernel's semantics and errno values, and what they do to packets. Knows no socket and no device.
/// Requests are for one thread at a time; packets may come from any, and take no memory.
/// </summary>
/// <remarks>Parts: requests here, Sas, Policies, Inbound, Outbound, Expiry.</remarks>
internal sealed partial class EspEngine : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<SaKey, UserspaceSa> _sas = new();
    private readonly ConcurrentDictionary<uint, OutboundSa[]> _outboundByReqId = new();
    private readonly PolicyIndex[] _policies = [new(), new(), new()];
    private readonly HeldPackets _held;
    private readonly StrayNotices _strays;
    private readonly ITimer _timer;
    private uint _lastPolicy;
    private uint _nextSpi;

    public EspEngine(TimeProvider time)
    {
        _time = time;
        _held = new HeldPackets(time);
        _strays = new StrayNotices(time);
        _timer = time.CreateTimer(_ => ExpireDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public EspCounters Counters { get; } = new();

    /// <summary>Raised on whatever thread it happens on, outside of all locks.</summary>
    public event Action<XfrmEvent>? EventRaised;

    public IReadOnlyList<SaInfo> Sas => [.. _sas.Values.Select(sa => sa.Info)];

    public IReadOnlyList<PolicyInfo> Policies => [.. _policies.SelectMany(index => index.Infos)];

    public XfrmReply Perform(XfrmRequest request)
    {
        lock (_lock)
        {
            return request switch
            {
                AllocateSpi allocate => Allocate(allocate),
                AddSa add => Add(add.Sa, AlgorithmProbe.IsProbe(request)),
                UpdateSa update => Update(update.Sa),
                DeleteSa delete => Delete(delete.Id),
                GetSa get => _sas.TryGetValue(SaKey.Of(get.Id), out UserspaceSa? found) ? new XfrmReply(Errno.Ok, Sa: found.Info) : new XfrmReply(Errno.ESRCH),
                ReadSa read => Read(read.Id),
                GetPolicy get => Get(get.Key),
                AddPolicy add => Add(add.Policy),
                UpdatePolicy update => Put(update.Policy),
                DeletePolicy delete => Delete(delete.Key),
                _ => new XfrmReply(Errno.EINVAL, "unknown request"),
            };
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            foreach (SaKey key in _sas.Keys) Take(key);
        }

        _held.Clear();
    }

    private void Raise(XfrmEvent told) => EventRaised?.Invoke(told);
}
