using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Ladders;

/// <summary>What a node tells of an IKE SA, as steps of its ladder.</summary>
internal static class LadderSteps
{
    /// <param name="us">Where the node that tells stands.</param>
    /// <param name="happened">What it tells.</param>
    public static IReadOnlyList<LadderStep> Of(Side us, NodeEvent happened) => happened switch
    {
        IkeSaHappened { Event: MessageSent sent } => [new MessageStep(us, sent.Summary, sent.Octets, sent.Repeated ? "repeated" : "")],
        IkeSaHappened { Event: MessageReceived received } => [new MessageStep(Across(us), received.Summary, received.Octets, received.Repeated ? "repeated" : "")],
        IkeSaHappened { Event: StateChanged changed } when changed.From.DisplayName() != changed.To.DisplayName() =>
            [new StateStep(us, $"IKE_SA {changed.From.DisplayName()} => {changed.To.DisplayName()}")],
        IkeSaHappened { Event: Remark { Severity: >= Severity.Warning } remark } => [new StateStep(us, remark.Text, IsError: true)],
        IkeSaHappened { Event: ChildFailed { ByPeer: true } failed } =>
            [new StateStep(us, $"the peer refused CHILD_SA {failed.Name}{(failed.Notify is { } notify ? $": {notify.RfcName()}" : "")}", IsError: true)],
        ChildSaStateChanged changed => [new StateStep(us, $"CHILD_SA {changed.Child} {changed.From.DisplayName()} => {changed.To.DisplayName()}")],
        KernelSpoken spoken => [.. spoken.Calls.Select(call => new KernelStep(us, call.ToString(), !call.Succeeded))],
        KernelRefused refused => [new StateStep(us, $"{refused.ErrnoName}: {refused.Hint}", IsError: true)],
        _ => [],
    };

    public static Side Across(Side side) => side == Side.Left ? Side.Right : Side.Left;

    /// <summary>What of an event is about an IKE SA; null: nothing.</summary>
    public static IkeSaName? SubjectOf(NodeEvent happened) => happened switch
    {
        IkeSaHappened ike => ike.IkeSa,
        ChildSaStateChanged child => child.IkeSa,
        KernelSpoken spoken => spoken.User.IkeSa,
        KernelRefused { User: { } user } => user.IkeSa,
        IkeSaEnded ended => ended.IkeSa,
        _ => null,
    };
}
