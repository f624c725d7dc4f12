using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Node;

/// <summary>A node at one moment.</summary>
public sealed record NodeSnapshot(
    IReadOnlyList<IkeSaSnapshot> IkeSas, IReadOnlyDictionary<DropReason, long> Drops, TableCounts Kernel, IReadOnlyCollection<string> RefusedAlgorithms);

/// <summary>An IKE SA at one moment. SPIs are zero, and endpoints null, until they are known.</summary>
public sealed record IkeSaSnapshot(
    SessionId Session,
    string Name,
    int Number,
    IkeSaState State,
    bool IsInitiator,
    ulong LocalSpi,
    ulong RemoteSpi,
    IPEndPoint? Local,
    IPEndPoint? Remote,
    string? LocalIdentity,
    string? RemoteIdentity,
    IReadOnlyList<ChildSaSnapshot> Children)
{
    /// <summary>The other side than of the first has set up the IKE SA in use, by rekeying.</summary>
    public bool IsTurned { get; init; }

    /// <summary>Null until it is chosen.</summary>
    public IkeSuite? Suite { get; init; }

    /// <summary>Our addresses inside the tunnel, that the peer gave us.</summary>
    public IReadOnlyList<IPAddress> LocalVirtual { get; init; } = [];

    /// <summary>The peer's addresses inside the tunnel, of our pools.</summary>
    public IReadOnlyList<IPAddress> RemoteVirtual { get; init; } = [];

    /// <summary>When both ends were authenticated; null before.</summary>
    public DateTimeOffset? EstablishedAt { get; init; }

    /// <summary>Since when it has the keys it has; null before it is established.</summary>
    public DateTimeOffset? KeyedAt { get; init; }

    /// <summary>When it is to be rekeyed; null: not by time.</summary>
    public DateTimeOffset? RekeyAt { get; init; }

    public NatSituation Nat { get; init; }

    /// <summary>What the session itself knows; without children and times.</summary>
    internal static IkeSaSnapshot Of(SessionId session, int number, IkeSession ikeSa) => new(
        session, ikeSa.Name, number, ikeSa.State, ikeSa.IsInitiator, ikeSa.LocalSpi, ikeSa.RemoteSpi,
        ikeSa.Path?.Local, ikeSa.Path?.Remote, ikeSa.LocalIdentity?.ToString(), ikeSa.RemoteIdentity?.ToString(), [])
    {
        IsTurned = ikeSa.IsInitiatorOfCurrent != ikeSa.IsInitiator,
        Suite = ikeSa.Suite,
        LocalVirtual = ikeSa.VirtualAddresses,
        RemoteVirtual = ikeSa.PeerAddresses,
        Nat = new NatSituation(ikeSa.WeAreBehindNat, ikeSa.PeerIsBehindNat, ikeSa.PretendsNat),
    };
}

/// <summary>Behind a NAT are we, or the peer; or we pretend that there is one, so that ESP travels in UDP.</summary>
public readonly record struct NatSituation(bool Local, bool Remote, bool IsPretended);

/// <summary>A CHILD_SA at one moment. SPIs are zero until they are known.</summary>
public sealed record ChildSaSnapshot(uint ChildId, string Name, int Number, ChildSaState State, uint InboundSpi, uint OutboundSpi)
{
    /// <summary>What was negotiated; null until it is installed.</summary>
    public ChildSaDetails? Details { get; init; }

    /// <summary>When it is to be rekeyed; null: not by time.</summary>
    public DateTimeOffset? RekeyAt { get; init; }
}

/// <summary>A negotiated CHILD_SA. <see cref="ExpiresAt"/>: when its kernel SAs end by their age; null: not by age.</summary>
public sealed record ChildSaDetails(
    EspSuite Suite,
    bool IsTransport,
    bool IsEncapsulated,
    uint ReqId,
    IReadOnlyList<TrafficSelector> Local,
    IReadOnlyList<TrafficSelector> Remote,
    DateTimeOffset InstalledAt,
    DateTimeOffset? ExpiresAt);

/// <summary>What the kernel says of a child's SAs; null where it does not have one.</summary>
public sealed record ChildTraffic(SaInfo? Inbound, SaInfo? Outbound);

/// <summary>A child that traffic between these selectors brings up.</summary>
public sealed record TrapSnapshot(string Connection, string Child, ChildMode Mode, IReadOnlyList<TrafficSelector> Local, IReadOnlyList<TrafficSelector> Remote);
