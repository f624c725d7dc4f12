
namespace Concentrator.Kernel;

/// <summary>One request and what was said to it; the text of neither holds a key.</summary>
public sealed record XfrmCall(XfrmRequest Request, XfrmReply Reply)
{
    public override string ToString() => $"{Request} → {Reply}";
}

/// <summary>
/// An SAD and SPD in memory with the kernel's semantics and errno values, a history, and faults on demand. For machines without
/// CAP_NET_ADMIN, the demo, load tests and unit tests. No packet passes through it. Safe from any thread.
/// </summary>
/// <param name="historyLimit">How many of the last calls are kept.</param>
/// <param name="firstSpi">Where XFRM_MSG_ALLOCSPI begins: two kernels on one address must not give the same.</param>
public sealed partial class MemoryXfrmBackend(int historyLimit = 10_000, uint firstSpi = 0xc0000000) : IXfrmBackend
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SaId, Sealed<SaInfo>> _sas = [];
    private readonly Dictionary<PolicyKey, Sealed<PolicyInfo>> _policies = [];
    private readonly Queue<XfrmCall> _history = new();
    private readonly uint _spiOffset = firstSpi >> 8;
    private uint _nextSpi = firstSpi;

    public string Name => "memory";

    public UdpSocketOptions SocketOptions(bool isNatPort) => new();

    public event Action<XfrmEvent>? EventReceived;

    /// <summary>What is added has it, as in a kernel that outlives its users: another seal, another user. Null: somebody without.</summary>
    public Seal? Seal { get; set; } = Seal.Random();

    /// <summary>Raised after each call, in order, on the caller's thread.</summary>
    public event Action<XfrmCall>? CallExecuted;

    /// <summary>The last calls, oldest first.</summary>
    public IReadOnlyList<XfrmCall> History
    {
        get
        {
            lock (_lock) return [.. _history];
        }
    }

    public void Execute(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies)
    {
        for (int i = 0; i < requests.Length; i++)
        {
            XfrmCall call;
            lock (_lock)
            {
                replies[i] = FaultFor(requests[i]) ?? Perform(requests[i]);
                call = new XfrmCall(requests[i], replies[i]);
                _history.Enqueue(call);
                if (_history.Count > historyLimit) _history.Dequeue();
            }

            CallExecuted?.Invoke(call);
        }
    }

    public IReadOnlyList<SaInfo> DumpSas()
    {
        lock (_lock) return [.. _sas.Values.Select(Judge)];
    }

    public IReadOnlyList<PolicyInfo> DumpPolicies()
    {
        lock (_lock) return [.. _policies.Values.Select(Judge)];
    }

    /// <summary>As if that much in all had passed through an SA.</summary>
    public void Carry(SaId id, ulong octets, ulong packets)
    {
        lock (_lock) _sas[id] = _sas[id] with { Entry = _sas[id].Entry with { Bytes = octets, Packets = packets } };
    }

    /// <summary>As if the kernel had told this.</summary>
    public void Raise(XfrmEvent xfrmEvent) => EventReceived?.Invoke(xfrmEvent);

    public void Dispose()
    {
    }

    private XfrmReply Perform(XfrmRequest request) => request switch
    {
        AllocateSpi allocate => Allocate(allocate),
        AddSa add => Add(add.Sa),
        UpdateSa update => Update(update.Sa),
        DeleteSa delete => new XfrmReply(Remove(delete.Id) ? Errno.Ok : Errno.ESRCH),
        ReadSa read => Read(read),
        GetSa get => _sas.TryGetValue(get.Id, out Sealed<SaInfo>? found) ? new XfrmReply(Errno.Ok, Sa: Judge(found)) : new XfrmReply(Errno.ESRCH),
        GetPolicy get => _policies.TryGetValue(get.Key, out Sealed<PolicyInfo>? found) ? new XfrmReply(Errno.Ok, Policy: Judge(found)) : new XfrmReply(Errno.ENOENT),
        AddPolicy add => _policies.TryAdd(add.Policy.Key, Signed(InfoOf(add.Policy))) ? default : new XfrmReply(Errno.EEXIST),
        UpdatePolicy update => Put(update.Policy),
        DeletePolicy delete => new XfrmReply(_policies.Remove(delete.Key) ? Errno.Ok : Errno.ENOENT),
        _ => new XfrmReply(Errno.EINVAL, "unknown request"),
    };

    private XfrmReply Allocate(AllocateSpi request)
    {
        for (ulong tries = (ulong)request.Highest - request.Lowest + 1; tries > 0; tries--)
        {
            uint spi = NextIn(request.Lowest, request.Highest);
            _nextSpi = spi + 1;
            var id = new SaId(request.Destination, spi);
            if (_sas.TryAdd(id, Signed(new SaInfo(id, request.Source, request.Mode, request.ReqId, 0, 0, IsLarval: true)))) return new XfrmReply(Errno.Ok, Spi: spi);
        }

        return new XfrmReply(Errno.ENOENT, "No SPI available in the requested range");
    }

    /// <summary>In another range it begins as far from the start as the first one is: two kernels on one address do not give the same there either.</summary>
    private uint NextIn(uint lowest, uint highest)
    {
        if (_nextSpi >= lowest && _nextSpi <= highest) return _nextSpi;
        if (_nextSpi - 1 == highest) return lowest;
        return lowest + (uint)(_spiOffset % ((ulong)highest - lowest + 1));
    }

    private XfrmReply Add(SaSpec sa)
    {
        if (!_sas.TryAdd(sa.Id, Signed(InfoOf(sa)))) return new XfrmReply(Errno.EEXIST);
        Keep(sa);
        return default;
    }

    private XfrmReply Update(SaSpec sa)
    {
        if (!_sas.TryGetValue(sa.Id, out Sealed<SaInfo>? there)) return new XfrmReply(Errno.ESRCH);
        if (!there.Entry.IsLarval) return Change(sa);
        _sas[sa.Id] = Signed(InfoOf(sa));
        Keep(sa);
        return default;
    }

    private XfrmReply Put(PolicySpec policy)
    {
        _policies[policy.Key] = Signed(InfoOf(policy));
        return default;
    }

    private static SaInfo InfoOf(SaSpec sa) => new(sa.Id, sa.Source, sa.Mode, sa.ReqId, 0, 0, IsLarval: false);

    private static PolicyInfo InfoOf(PolicySpec policy) => new(policy.Key, policy.Priority, policy.ReqId, policy.Spi)
    {
        Mode = policy.Mode,
        Tunnel = policy.Mode == XfrmMode.Tunnel ? (policy.TunnelSource, policy.TunnelDestination) : null,
    };

    private Sealed<T> Signed<T>(T entry) => new(entry, Seal?.OfPolicies);

    private SaInfo Judge(Sealed<SaInfo> entry)
    {
        SaProgress? progress = _specs.GetValueOrDefault(entry.Entry.Id)?.Progress;
        return entry.Entry with { IsOurs = IsOurs(entry.Mark), Sent = progress?.Sent ?? 0, Received = progress?.Received ?? 0 };
    }

    private PolicyInfo Judge(Sealed<PolicyInfo> entry) => entry.Entry with { IsOurs = IsOurs(entry.Mark) };

    private bool IsOurs(ulong? mark) => mark is not null && mark == Seal?.OfPolicies;

    /// <summary>With the mark of who put it there.</summary>
    private sealed record Sealed<T>(T Entry, ulong? Mark);
}
