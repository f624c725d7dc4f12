using System.Net;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// An entry of the SAD. Whoever uses or changes one holds its lock; after <see cref="End"/> it protects nothing any more. Owns its keys.
/// </summary>
internal abstract class UserspaceSa(SaId id, IPAddress source, uint reqId, EspTransform? transform, SaLifetime lifetime)
{
    public SaId Id { get; } = id;

    public SaKey Key { get; } = SaKey.Of(id);

    public uint ReqId { get; } = reqId;

    public Lock Lock { get; } = new();

    public bool IsEnded { get; private set; }

    public SaUsage Usage { get; } = new(lifetime);

    /// <summary>Distinguishes what was due under former limits.</summary>
    public int LifetimeVersion { get; private set; }

    protected EspTransform? Transform { get; } = transform;

    public SaInfo Info
    {
        get
        {
            lock (Lock) return new SaInfo(Id, source, XfrmMode.Tunnel, ReqId, Usage.Bytes, Usage.Packets, IsLarval: Transform is null);
        }
    }

    /// <summary>XFRM_MSG_UPDSA on a living SA: lifetimes and ports, never keys.</summary>
    public void Change(SaSpec spec)
    {
        lock (Lock)
        {
            Usage.Change(LimitsOf(spec.Lifetime));
            LifetimeVersion++;
            Move(spec);
        }
    }

    public void End()
    {
        lock (Lock)
        {
            IsEnded = true;
            Transform?.Dispose();
        }
    }

    protected virtual SaLifetime LimitsOf(SaLifetime lifetime) => lifetime;

    protected virtual void Move(SaSpec spec)
    {
    }

    /// <summary>An endpoint of the SA's packets: address and the port of the encapsulation.</summary>
    protected static UdpEndpoint EndpointOf(IPAddress address, ushort? port) => UdpEndpoint.From(new IPEndPoint(address, port ?? 0));
}

/// <summary>An SPI that XFRM_MSG_ALLOCSPI gave out and that waits for its SA.</summary>
internal sealed class LarvalSa(SaId id, IPAddress source, uint reqId) : UserspaceSa(id, source, reqId, null, new SaLifetime());
