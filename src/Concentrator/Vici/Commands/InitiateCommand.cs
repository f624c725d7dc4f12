using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Vici.Commands;

/// <summary>
/// <c>initiate</c>: brings up a child, on whatever node its IKE SA is, or here with an IKE SA where there is none, and answers when it is up, refused, or when the time is up. With a connection alone
/// it brings up the IKE SA.
/// </summary>
internal sealed class InitiateCommand(ConcentratorNode node)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(-1);

    public async Task<ViciWriter> ExecuteAsync(ViciRequest request)
    {
        string? child = request.Arguments.Text("child");
        ConnectionConfig connection = Find(request.Arguments.Text("ike"), child);
        TimeSpan timeout = TimeSpan.FromMilliseconds(request.Arguments.Number("timeout") ?? 0);
        using ControlLog? log = ControlLog.Begin(request, node, happened => happened.Subject?.Name == connection.Name);
        using NodeWatch watch = new(node, happened => (happened.Subject ?? (happened as KernelRefused)?.User?.IkeSa)?.Name == connection.Name);

        PlacedIkeSa? living = await SaSelection.FindFirstAsync(node, ikeSa => ikeSa.Name == connection.Name && ikeSa.State == IkeSaState.Established, request.Gone).ConfigureAwait(false);
        if (living is null)
        {
            if (node.AddressElsewhere(connection) is { } elsewhere) return ViciCommands.Refused($"'{connection.Name}' is called from {elsewhere}, which is not on this node: ask the one that has it");
            node.Initiate(connection.Name, child is null ? [] : [child]);
        }
        else
        {
            if (child is null || HasUp(living.IkeSa, child)) return ViciCommands.Done();
            node.InitiateChild(living.IkeSa.Session, child);
        }

        if (timeout == AtOnce) return ViciCommands.Done();
        if (living is { IsHere: false })
        {
            return await ElsewhereWatch.UntilAsync(node, up => up.TryGetValue(living.IkeSa.Session, out IkeSaSnapshot? ikeSa) && HasUp(ikeSa, child!), timeout, request.Gone).ConfigureAwait(false)
                ? ViciCommands.Done()
                : ViciCommands.Refused($"CHILD_SA '{child}' not established after {(long)timeout.TotalMilliseconds}ms by {living.Node}, where its IKE_SA is");
        }

        string? kernelSaid = null;
        string? outcome = await watch.FirstAsync(
            happened =>
            {
                if (happened is KernelRefused refused) kernelSaid = $"the kernel refused the {refused.Step} ({refused.ErrnoName}): {refused.Hint}";
                return Judge(happened, child, kernelSaid);
            },
            timeout, request.Gone).ConfigureAwait(false);
        return outcome switch
        {
            null => ViciCommands.Refused($"{(child is null ? "IKE_SA" : "CHILD_SA")} '{child ?? connection.Name}' not established after {(long)timeout.TotalMilliseconds}ms"),
            "" => ViciCommands.Done(),
            _ => ViciCommands.Refused($"establishing {(child is null ? "IKE_SA" : "CHILD_SA")} '{child ?? connection.Name}' failed: {outcome}"),
        };
    }

    private static bool HasUp(IkeSaSnapshot ikeSa, string child) => ikeSa.Children.Any(c => c.Name == child && c.State == ChildSaState.Installed);

    private ConnectionConfig Find(string? ike, string? child)
    {
        if (ike is null && child is null) throw new ViciException("missing configuration name");
        return node.Connections.FirstOrDefault(connection => (ike is null || connection.Name == ike) && (child is null || connection.Children.Any(c => c.Name == child)))
            ?? throw new ViciException(child is null ? $"IKE_SA config '{ike}' not found" : $"CHILD_SA config '{child}' not found");
    }

    /// <summary>Empty: it is up. Null: nothing is decided yet.</summary>
    private static string? Judge(NodeEvent happened, string? child, string? kernelSaid) => happened switch
    {
        ChildSaStateChanged { To: ChildSaState.Installed } changed when changed.Child.Name == child => "",
        IkeSaHappened { Event: StateChanged { To: IkeSaState.Established } } when child is null => "",
        IkeSaHappened { Event: ChildFailed failed } when failed.Name == child => failed.Notify?.RfcName() ?? kernelSaid ?? "refused here, the log says why",
        IkeSaEnded ended => Alert.Of(ended)?.Text ?? ended.Reason.ToString(),
        _ => null,
    };
}
