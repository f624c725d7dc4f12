using System.Globalization;
using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Session;
using Concentrator.Ladders;
using Concentrator.Telemetry;

namespace Concentrator.Http.Api;

/// <summary>What is known, as the API's models. Text that a peer has a hand in becomes printable here.</summary>
internal static class Describe
{
    public static IkeSaRowModel Row(IkeSaSnapshot ikeSa) => new(
        ikeSa.Session.EntityId, ikeSa.Name, ikeSa.Number, ikeSa.State.DisplayName(), RoleOf(ikeSa.IsInitiator), Text(ikeSa.Local), Text(ikeSa.Remote),
        Text(ikeSa.LocalIdentity), Text(ikeSa.RemoteIdentity), ikeSa.Children.Count, ikeSa.EstablishedAt);

    public static IkeSaModel IkeSa(IkeSaSnapshot ikeSa, IReadOnlyDictionary<uint, ChildTraffic>? traffic, IkeSaEnded? end) => new(
        ikeSa.Session.EntityId, ikeSa.Name, ikeSa.Number, ikeSa.State.DisplayName(), RoleOf(ikeSa.IsInitiator), Text(ikeSa.Local), Text(ikeSa.Remote),
        Text(ikeSa.LocalIdentity), Text(ikeSa.RemoteIdentity), Hex(ikeSa.LocalSpi), Hex(ikeSa.RemoteSpi), ikeSa.Suite is { } suite ? ProposalText.Of(suite) : null,
        ikeSa.EstablishedAt, ikeSa.KeyedAt, ikeSa.RekeyAt, Over(end), [.. ikeSa.Children.Select(child => ChildSa(child, traffic?.GetValueOrDefault(child.ChildId)))]);

    public static LadderModel Ladder(Ladder ladder, long from)
    {
        (IReadOnlyList<LadderEntry> steps, long next) = ladder.Read(from);
        return new LadderModel(Head(ladder), [.. steps.Select(entry => Step(ladder.Number, entry))], next);
    }

    public static LadderHeadModel Head(Ladder ladder) => new(
        ladder.IkeSa.Session.EntityId, ladder.IkeSa.Name, ladder.Number, Text(ladder.Us), Text(ladder.Face?.Remote), Text(ladder.Face?.RemoteIdentity), ladder.Began,
        ladder.WasEstablished, Over(ladder.End));

    public static RefusalModel Refusal(long number, KernelRefused refused) => new(
        number, refused.At, refused.Step, refused.Errno, refused.ErrnoName, Text(refused.ExtAck), refused.Hint,
        refused.User?.IkeSa.Session.EntityId, refused.User?.IkeSa.ToString(), refused.User?.Child.ToString());

    public static RateModel Rate(RateInterval interval) => new(
        interval.At, interval.SetUps, interval.Failures, interval.Ends, interval.ChildSas, interval.Refusals, interval.Rekeys);

    public static ClusterModel Cluster(ClusterMap map) => new(
        [.. map.Nodes.Select((node, place) => new ClusterNodeModel(
            node.Address, Printable.Text(node.Name), node.Status, node.Drain?.ToString(), node.IsSelf, node.IsReachable, map.Shards.Count(holder => holder == place), node.ServiceAddresses,
            node.Load is { } load ? new LoadModel(load.IkeSas, load.ChildSas, load.ProcessorTime.TotalSeconds, load.Processors, load.Memory) : null))],
        map.Shards, map.IkeSasByShard);

    private static StepModel Step(int ladder, LadderEntry entry) => entry.Step switch
    {
        MessageStep message => new StepModel(
            ladder, entry.Number, entry.At, "message", Text(message.At), message.Summary, message.Octets, message.Note.Length == 0 ? null : message.Note, false),
        KernelStep kernel => new StepModel(ladder, entry.Number, entry.At, "kernel", Text(kernel.At), kernel.Call, null, null, kernel.Refused),
        StateStep state => new StepModel(ladder, entry.Number, entry.At, "state", Text(state.At), state.Text, null, null, state.IsError),
        _ => throw new ArgumentOutOfRangeException(nameof(entry), entry.Step, "A step that the API does not know."),
    };

    private static ChildSaModel ChildSa(ChildSaSnapshot child, ChildTraffic? traffic) => new(
        child.ChildId, child.Name, child.Number, child.State.DisplayName(), Hex(child.InboundSpi), Hex(child.OutboundSpi),
        child.Details is { } details ? (details.IsTransport ? "transport" : "tunnel") : null, child.Details?.IsEncapsulated == true, child.Details is { } agreed ? ProposalText.Of(agreed.Suite) : null,
        [.. (child.Details?.Local ?? []).Select(selector => selector.ToString())], [.. (child.Details?.Remote ?? []).Select(selector => selector.ToString())],
        child.Details?.InstalledAt, child.Details?.ExpiresAt,
        traffic?.Inbound?.Bytes, traffic?.Inbound?.Packets, traffic?.Outbound?.Bytes, traffic?.Outbound?.Packets);

    private static OverModel? Over(IkeSaEnded? end) => end is null ? null : new OverModel(end.At, end.Reason.ToString());

    private static string RoleOf(bool isInitiator) => isInitiator ? "initiator" : "responder";

    private static string Text(Side side) => side == Side.Left ? "left" : "right";

    private static string? Text(string? text) => text is null ? null : Printable.Text(text);

    private static string? Text(IPEndPoint? endpoint) => endpoint?.ToString();

    private static string Hex(ulong spi) => spi.ToString("x16", CultureInfo.InvariantCulture);

    private static string Hex(uint spi) => spi.ToString("x8", CultureInfo.InvariantCulture);
}
