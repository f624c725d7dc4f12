using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Routing;
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
    IReadOnlyList<ChildSaSnapshot> Children);

/// <summary>A CHILD_SA at one moment. SPIs are zero until they are known.</summary>
public sealed record ChildSaSnapshot(uint ChildId, string Name, int Number, ChildSaState State, uint InboundSpi, uint OutboundSpi);
