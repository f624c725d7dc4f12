using Akka.Actor;
using Concentrator.Actors.Certificates;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Connections;
using Concentrator.Actors.Draining;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Node;

/// <summary>
/// What the actors of one node share. There are no statics, so several nodes live in one process. Immutable but for <see cref="Actors"/> and
/// <see cref="Shards"/>; everything in it is safe from any thread.
/// </summary>
internal sealed class NodeContext : IDisposable
{
    private readonly long _started;
    private readonly Lazy<CertificateJudge> _certificates;
    private NodeActors? _actors;
    private int _drain;

    public NodeContext(TimeProvider time)
    {
        Time = time;
        _started = time.GetTimestamp();
        TrapReqIds = new TrapReqIds(ReqIds);
        _certificates = new Lazy<CertificateJudge>(() => new CertificateJudge(Session!.Running, time));
    }

    public required NodeOptions Options { get; init; }

    /// <summary>What the protocol core is given. Its <see cref="SessionContext.CrashTokens"/> are owned.</summary>
    public required SessionContext Session { get; init; }

    public required NodeLog Log { get; init; }

    /// <summary>Owned.</summary>
    public required SpiMinter Minter { get; init; }

    public required TransportTable Transport { get; init; }

    public TimeProvider Time { get; }

    /// <summary>Owned.</summary>
    public CertificateJudge Certificates => _certificates.Value;

    /// <summary>Monotonic, from the start of the node.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_started);

    public NodeEvents Events { get; } = new();

    public PlacementCounters Placement { get; } = new();

    public DropCounters Drops { get; } = new();

    public NodeGauges Gauges { get; } = new();

    public DatagramPool Datagrams { get; } = new();

    public SessionDirectory Sessions { get; } = new();

    public NumberSequence IkeSaNumbers { get; } = new();

    public NumberSequence ChildSaNumbers { get; } = new();

    /// <summary>reqids for children whose configuration names none; far from those that people write.</summary>
    public NumberSequence ReqIds { get; } = new(0x4000_0000);

    public TrapReqIds TrapReqIds { get; }

    public VirtualAddressBoard VirtualAddresses { get; init; } = new();

    public PoolUseBoard PoolUse { get; } = new();

    /// <summary>Owned.</summary>
    public RetiredSecrets Retired { get; } = new();

    public KernelCapabilityBoard Capabilities { get; init; } = new();

    /// <summary>Which shards live here; all of them on a node that is alone.</summary>
    public ShardBoard Shards { get; } = new();

    /// <summary>Service addresses and their holders; empty where the cluster has none.</summary>
    public AddressBoard Addresses { get; init; } = new([]);

    /// <summary>What a shard's sessions need before they are this node's.</summary>
    public IShardClaim Claim { get; set; } = NothingToClaim.Instance;

    /// <summary>Where sessions are kept; null: they end with the node. Not owned.</summary>
    public NodeStore? Store { get; init; }

    /// <summary>The node is to vanish as one that is killed: it takes nothing out of the kernel or the store.</summary>
    public bool IsAborted { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    public StatusBoard Statuses { get; } = new();

    /// <summary>How much this node takes part.</summary>
    public DrainState Drain { get => (DrainState)Volatile.Read(ref _drain); set => Volatile.Write(ref _drain, (int)value); }

    /// <summary>Other nodes go on, or will, with what is stored: sessions that end here leave their rows.</summary>
    public bool KeepsRows { get => Volatile.Read(ref field) || IsAborted; set => Volatile.Write(ref field, value); }

    /// <summary>Set once, before the first datagram is read.</summary>
    /// <exception cref="InvalidOperationException">Read before it was set, or set twice.</exception>
    public NodeActors Actors
    {
        get => Volatile.Read(ref _actors) ?? throw new InvalidOperationException("The node's actors are not up yet.");
        set
        {
            if (Interlocked.CompareExchange(ref _actors, value, null) is not null)
                throw new InvalidOperationException("The node's actors are up already.");
        }
    }

    /// <summary>The reqid of a child's SAs: its configuration's, its trap's, or a fresh one.</summary>
    public uint ReqIdFor(string connection, Ike.Configuration.ChildConfig child, System.Net.IPAddress? remote) =>
        child.ReqId != 0 ? child.ReqId : TrapReqIds.Find(connection, child.Name, remote) ?? (uint)ReqIds.Next();

    /// <summary>A datagram that the router had let pass comes back to it.</summary>
    public void ToRouter(InboundDatagram datagram)
    {
        Datagrams.Requeued();
        Actors.Router.Tell(datagram, ActorRefs.NoSender);
    }

    /// <summary>Sends from this node, or from the one whose sockets have the address.</summary>
    /// <param name="message">The IKE message; empty: a NAT keepalive.</param>
    /// <param name="path">Its ends.</param>
    /// <param name="from">The node that sends it; null: this one.</param>
    public void Send(ReadOnlyMemory<byte> message, IkePath path, Address? from)
    {
        if (Actors.Neighbours?.Other(from) is { } elsewhere)
        {
            Placement.CountTransmitElsewhere();
            Actors.Neighbours.RouterOf(elsewhere).Tell(new TransmitHere(path, message), ActorRefs.NoSender);
        }
        else if (message.IsEmpty) Transport.SendKeepalive(path);
        else Transport.Send(message, path);
    }

    public void Dispose()
    {
        Minter.Dispose();
        Session.CrashTokens?.Dispose();
        Retired.Dispose();
        if (_certificates.IsValueCreated) _certificates.Value.Dispose();
    }
}

/// <summary>The actors that others talk to by name. <see cref="Sessions"/> is the shard region of the IKE SAs.</summary>
internal sealed record NodeActors(IActorRef Kernel, IActorRef Connections, IActorRef Router, IActorRef Sessions)
{
    public IActorRef Pools { get; init; } = ActorRefs.Nobody;

    /// <summary>Those of the other nodes; null where there can be none.</summary>
    public Neighbours? Neighbours { get; init; }

    /// <summary>Nobody where sessions are not stored.</summary>
    public IActorRef Store { get; init; } = ActorRefs.Nobody;

    /// <summary>Likewise.</summary>
    public IActorRef Waker { get; init; } = ActorRefs.Nobody;

    /// <summary>Prepares other nodes for what is about to come to them.</summary>
    public IActorRef HandOver { get; init; } = ActorRefs.Nobody;

    /// <summary>Runs people's scripts.</summary>
    public IActorRef Updown { get; init; } = ActorRefs.Nobody;
}

/// <summary>1, 2, 3 … after <paramref name="last"/>; safe from any thread.</summary>
internal sealed class NumberSequence(int last = 0)
{
    private int _last = last;

    /// <summary>The newest that was given out.</summary>
    public int Last => Volatile.Read(ref _last);

    public int Next() => Interlocked.Increment(ref _last);

    /// <summary>What comes next is beyond this one.</summary>
    public void Pass(int number)
    {
        int last;
        while ((last = Volatile.Read(ref _last)) < number && Interlocked.CompareExchange(ref _last, number, last) != last)
        {
        }
    }
}
