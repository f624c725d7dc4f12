using System.Net;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// An entry of the SAD. Whoever uses or changes one holds its lock; after <see cref="End"/> it protects nothing any more. Owns its keys, and a copy of
/// them for whoever moves it; <see cref="End"/> zeroes both.
/// </summary>
/// <param name="id">Its name.</param>
/// <param name="source">Where its packets come from.</param>
/// <param name="reqId">Of its policies.</param>
/// <param name="spec">What it was made of, the caller's; null: it is larval.</param>
/// <param name="transform">Its ciphers.</param>
/// <param name="time">For its age.</param>
internal abstract class UserspaceSa(SaId id, IPAddress source, uint reqId, SaSpec? spec, EspTransform? transform, TimeProvider time)
{
    private SaSpec? _spec = spec is null ? null : spec with { Algorithms = spec.Algorithms.Copy(), Progress = null };

    public SaId Id { get; } = id;

    public SaKey Key { get; } = SaKey.Of(id);

    public uint ReqId { get; } = reqId;

    public Lock Lock { get; } = new();

    public bool IsEnded { get; private set; }

    public SaUsage Usage { get; } = new(spec?.Lifetime ?? new SaLifetime(), spec?.Progress, time);

    /// <summary>Distinguishes what was due under former limits.</summary>
    public int LifetimeVersion { get; private set; }

    protected EspTransform? Transform { get; } = transform;

    /// <summary>Nobody else has SAs here.</summary>
    public SaInfo Info
    {
        get
        {
            lock (Lock)
            {
                SaProgress progress = Progress;
                return new SaInfo(Id, source, XfrmMode.Tunnel, ReqId, Usage.Bytes, Usage.Packets, IsLarval: Transform is null)
                {
                    IsOurs = true,
                    LastUsed = Usage.LastUsed,
                    Sent = progress.Sent,
                    Received = progress.Received,
                };
            }
        }
    }

    /// <summary>How far it has come.</summary>
    protected virtual SaProgress Progress => Usage.Progress;

    /// <summary>All that it takes to make it again, with keys that are the caller's to zero; null of one that has none.</summary>
    public SaSpec? Read()
    {
        lock (Lock) return _spec is null || IsEnded ? null : _spec with { Algorithms = _spec.Algorithms.Copy(), Progress = Progress };
    }

    /// <summary>XFRM_MSG_UPDSA on a living SA: lifetimes and ports, never keys or addresses. True: it has other lifetimes now.</summary>
    public bool Change(SaSpec spec)
    {
        lock (Lock)
        {
            if (_spec is null || IsEnded) return false;
            _spec = _spec with { Encapsulation = spec.Encapsulation, Lifetime = spec.Lifetime };
            Move(_spec);
            if (!Usage.Change(spec.Lifetime)) return false;
            LifetimeVersion++;
            return true;
        }
    }

    public void End()
    {
        lock (Lock)
        {
            IsEnded = true;
            Transform?.Dispose();
            _spec?.Algorithms.ZeroKeys();
        }
    }

    protected virtual void Move(SaSpec spec)
    {
    }

    /// <summary>An endpoint of the SA's packets: address and the port of the encapsulation.</summary>
    protected static UdpEndpoint EndpointOf(IPAddress address, ushort? port) => UdpEndpoint.From(new IPEndPoint(address, port ?? 0));
}

/// <summary>An SPI that XFRM_MSG_ALLOCSPI gave out and that waits for its SA.</summary>
internal sealed class LarvalSa(SaId id, IPAddress source, uint reqId, TimeProvider time) : UserspaceSa(id, source, reqId, null, null, time);
