using Concentrator.Actors.Draining;
using Concentrator.Actors.Node;
using Concentrator.Ike.Wire;

namespace Concentrator.Vici.Commands;

/// <summary>
/// <c>drain</c>: empties a node of the cluster, this one unless <c>node</c> names another, so that it may be stopped and no peer notices; with <c>undo</c> it takes part again. Answers when
/// it is done. <c>timeout</c> is in milliseconds. Ours; charon has no such command.
/// </summary>
internal sealed class DrainCommand(ConcentratorNode node)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public async Task<ViciWriter> ExecuteAsync(ViciRequest request)
    {
        ViciSection arguments = request.Arguments;
        DrainWish wish = new() { Undo = arguments.Flag("undo"), Force = arguments.Flag("force") };
        if (arguments.Number("timeout") is { } timeout) wish = wish with { Patience = TimeSpan.FromMilliseconds(Math.Clamp(timeout, 1, (long)Longest.TotalMilliseconds)) };
        if (arguments.Text("redirect-to") is { } gateway) wish = wish with { RedirectTo = GatewayIdentity.Parse(gateway) ?? throw new ViciException("unsupported gateway identity") };
        DrainOutcome outcome = await node.DrainAsync(arguments.Text("node"), wish, request.Gone).ConfigureAwait(false);
        ViciWriter answer = ViciWriter.Response()
            .Put("success", outcome.IsDone ? "yes" : "no")
            .Put("handed-over", outcome.HandedOver)
            .Put("left", outcome.Left);
        return outcome.IsDone ? answer.Put("text", outcome.Text) : answer.Put("errmsg", $"it serves on: {outcome.Text}");
    }
}
