using Concentrator.Ladders;

namespace Concentrator.Http.Api;

/// <summary>What the JSON API answers. Names are in camel case on the wire, times in ISO 8601, absent values null.</summary>
internal sealed record StatusModel(
    DateTimeOffset Now,
    NodeModel Node,
    IReadOnlyDictionary<string, int> IkeSas,
    IReadOnlyDictionary<string, int> ChildSas,
    KernelModel Kernel,
    IReadOnlyDictionary<string, long> Drops,
    IReadOnlyDictionary<string, long> Failures,
    IReadOnlyDictionary<string, long> HttpRefused,
    AccessModel Access);

internal sealed record NodeModel(string Name, string Version, DateTimeOffset StartedAt, IReadOnlyList<string> Endpoints);

/// <summary>The counts are null where the KernelActor did not answer.</summary>
internal sealed record KernelModel(string Name, int? Sas, int? Policies, int? Reservations, int? Quarantined, IReadOnlyList<string> RefusedAlgorithms);

/// <summary>What one may do here. <see cref="Actions"/> is empty where there is no token.</summary>
internal sealed record AccessModel(bool ReadingNeedsToken, IReadOnlyList<string> Actions);

internal sealed record IkeSaPageModel(int Total, int Fitting, int Offset, int Limit, IReadOnlyList<IkeSaRowModel> IkeSas);

internal sealed record IkeSaRowModel(
    string Id, string Name, int Number, string State, string Role, string? Local, string? Remote, string? LocalId, string? RemoteId, int ChildSas, DateTimeOffset? EstablishedAt);

internal sealed record IkeSaModel(
    string Id,
    string Name,
    int Number,
    string State,
    string Role,
    string? Local,
    string? Remote,
    string? LocalId,
    string? RemoteId,
    string LocalSpi,
    string RemoteSpi,
    string? Suite,
    DateTimeOffset? EstablishedAt,
    DateTimeOffset? KeyedAt,
    DateTimeOffset? RekeyAt,
    OverModel? Over,
    IReadOnlyList<ChildSaModel> ChildSas);

internal sealed record OverModel(DateTimeOffset At, string Reason);

internal sealed record ChildSaModel(
    uint Id,
    string Name,
    int Number,
    string State,
    string SpiIn,
    string SpiOut,
    string? Mode,
    bool InUdp,
    string? Suite,
    IReadOnlyList<string> LocalSelectors,
    IReadOnlyList<string> RemoteSelectors,
    DateTimeOffset? KeyedAt,
    DateTimeOffset? ExpiresAt,
    ulong? BytesIn,
    ulong? PacketsIn,
    ulong? BytesOut,
    ulong? PacketsOut);

/// <summary>A ladder, or those of its steps that were asked for.</summary>
internal sealed record LadderModel(LadderHeadModel Head, IReadOnlyList<StepModel> Steps, long Next);

/// <summary><see cref="Us"/>: where this node stands; the initiator stands left.</summary>
internal sealed record LadderHeadModel(
    string Id, string Name, int Number, string Us, string? Remote, string? RemoteId, DateTimeOffset Began, bool WasEstablished, OverModel? Over);

internal sealed record LadderListModel(IReadOnlyList<LadderHeadModel> Ladders);

/// <summary><see cref="Kind"/>: message, kernel or state; <see cref="Side"/>: left or right. <see cref="Ladder"/> is the number of the IKE SA.</summary>
internal sealed record StepModel(int Ladder, long Number, DateTimeOffset At, string Kind, string Side, string Text, int? Octets, string? Note, bool IsBad)
{
    public LadderStep ToStep()
    {
        Side side = Side == "left" ? Ladders.Side.Left : Ladders.Side.Right;
        return Kind switch
        {
            "message" => new MessageStep(side, Text, Octets ?? 0, Note ?? ""),
            "kernel" => new KernelStep(side, Text, IsBad),
            _ => new StateStep(side, Text, IsBad),
        };
    }
}

internal sealed record RefusalListModel(IReadOnlyList<RefusalModel> Refusals, long Next);

/// <summary>The owner is null where it is a trap.</summary>
internal sealed record RefusalModel(
    long Number, DateTimeOffset At, string Step, int Errno, string ErrnoName, string? KernelSays, string? Hint, string? IkeSaId, string? IkeSa, string? ChildSa);

internal sealed record RatesModel(double IntervalSeconds, IReadOnlyList<RateModel> Intervals);

internal sealed record RateModel(DateTimeOffset At, int SetUps, int Failures, int Ends, int ChildSas, int Refusals, int Rekeys);

internal sealed record ClusterModel(IReadOnlyList<ClusterNodeModel> Nodes, IReadOnlyList<int> Shards, IReadOnlyList<int> IkeSasByShard);

internal sealed record ClusterNodeModel(
    string Address, string Name, string Status, string? Drain, bool IsSelf, bool IsReachable, int Shards, IReadOnlyList<string> ServiceAddresses, LoadModel? Load);

internal sealed record LoadModel(int IkeSas, int ChildSas, double ProcessorSeconds, int Processors, long MemoryBytes);

internal sealed record AcceptedModel(bool Accepted, string What);

internal sealed record ErrorModel(string Error);
