using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;

namespace Concentrator.Vici.Commands;

/// <summary>
/// <c>terminate</c>: closes IKE SAs or children with a Delete and answers when the last is gone, or the time is up. <c>force</c> does not wait for the peer
/// of an IKE SA.
/// </summary>
internal sealed class TerminateCommand(ConcentratorNode node)
{
    public async Task<ViciWriter> ExecuteAsync(ViciRequest request)
    {
        using NodeWatch watch = new(node, happened => happened is IkeSaEnded or ChildSaStateChanged { To: ChildSaState.Destroying });
        SaSelection selection = SaSelection.From(request.Arguments, node.IkeSas, "terminate");
        HashSet<SessionId> concerned = [.. selection.IkeSas.Concat(selection.Children.Select(c => c.IkeSa)).Select(ikeSa => ikeSa.Session)];
        using ControlLog? log = ControlLog.Begin(request, node, happened => happened.Subject is { } ikeSa && concerned.Contains(ikeSa.Session));
        bool force = request.Arguments.Flag("force");
        HashSet<SessionId> ikeSas = [];
        HashSet<int> children = [];
        foreach (IkeSaSnapshot ikeSa in selection.IkeSas)
        {
            ikeSas.Add(ikeSa.Session);
            if (force) node.Abandon(ikeSa.Session);
            else node.Close(ikeSa.Session);
        }

        foreach ((IkeSaSnapshot ikeSa, ChildSaSnapshot child) in selection.Children)
        {
            children.Add(child.Number);
            node.CloseChild(ikeSa.Session, child.ChildId);
        }

        long timeout = request.Arguments.Number("timeout") ?? 0;
        bool isDone = timeout < 0 || await watch.FirstAsync(
            happened => IsLast(happened, ikeSas, children) ? "" : null, TimeSpan.FromMilliseconds(timeout), request.Gone).ConfigureAwait(false) is not null;
        int terminated = timeout < 0 ? 0 : selection.Count - ikeSas.Count - children.Count;
        ViciWriter answer = ViciWriter.Response()
            .Put("success", isDone ? "yes" : "no")
            .Put("matches", selection.Count)
            .Put("terminated", terminated);
        return isDone ? answer : answer.Put("errmsg", $"not terminated after {timeout}ms");
    }

    private static bool IsLast(NodeEvent happened, HashSet<SessionId> ikeSas, HashSet<int> children)
    {
        if (happened is IkeSaEnded ended) ikeSas.Remove(ended.IkeSa.Session);
        else if (happened is ChildSaStateChanged changed) children.Remove(changed.Child.Number);
        return ikeSas.Count == 0 && children.Count == 0;
    }
}
