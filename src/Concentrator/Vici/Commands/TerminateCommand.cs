using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;

namespace Concentrator.Vici.Commands;

/// <summary>
/// <c>terminate</c>: closes IKE SAs or children, on whatever nodes they are, with a Delete and answers when the last is gone, or the time is up. <c>force</c> does not wait for
/// the peer of an IKE SA.
/// </summary>
internal sealed class TerminateCommand(ConcentratorNode node)
{
    public async Task<ViciWriter> ExecuteAsync(ViciRequest request)
    {
        using NodeWatch watch = new(node, happened => IsEnd(happened) || happened is ChildSaStateChanged { To: ChildSaState.Destroying });
        SaSelection selection = await SaSelection.FromAsync(request.Arguments, node, "terminate", request.Gone).ConfigureAwait(false);
        HashSet<SessionId> concerned = [.. selection.IkeSas.Concat(selection.Children.Select(c => c.IkeSa)).Select(placed => placed.IkeSa.Session)];
        using ControlLog? log = ControlLog.Begin(request, node, happened => happened.Subject is { } ikeSa && concerned.Contains(ikeSa.Session));
        bool force = request.Arguments.Flag("force");
        Closing here = new(), elsewhere = new();
        foreach (PlacedIkeSa placed in selection.IkeSas)
        {
            (placed.IsHere ? here : elsewhere).IkeSas.Add(placed.IkeSa.Session);
            if (force) node.Abandon(placed.IkeSa.Session);
            else node.Close(placed.IkeSa.Session);
        }

        foreach ((PlacedIkeSa placed, ChildSaSnapshot child) in selection.Children)
        {
            (placed.IsHere ? here : elsewhere).Children.Add((placed.IkeSa.Session, child.ChildId, child.Number));
            node.CloseChild(placed.IkeSa.Session, child.ChildId);
        }

        long timeout = request.Arguments.Number("timeout") ?? 0;
        bool isDone = timeout < 0;
        if (!isDone)
        {
            TimeSpan patience = TimeSpan.FromMilliseconds(timeout);
            Task<bool> near = here.IsDone ? Task.FromResult(true) : IsOverAsync(watch, here, patience, request.Gone);
            Task<bool> far = elsewhere.IsDone ? Task.FromResult(true) : ElsewhereWatch.UntilAsync(node, elsewhere.Note, patience, request.Gone);
            bool[] over = await Task.WhenAll(near, far).ConfigureAwait(false);
            isDone = over[0] && over[1];
        }

        int terminated = timeout < 0 ? 0 : selection.Count - here.Count - elsewhere.Count;
        ViciWriter answer = ViciWriter.Response()
            .Put("success", isDone ? "yes" : "no")
            .Put("matches", selection.Count)
            .Put("terminated", terminated);
        return isDone ? answer : answer.Put("errmsg", $"not terminated after {timeout}ms");
    }

    private static async Task<bool> IsOverAsync(NodeWatch watch, Closing closing, TimeSpan patience, CancellationToken gone) =>
        await watch.FirstAsync(happened => closing.Note(happened) ? "" : null, patience, gone).ConfigureAwait(false) is not null;

    /// <summary>What is left after its peer's Delete is an answer to be repeated.</summary>
    private static bool IsEnd(NodeEvent happened) => happened is IkeSaEnded or IkeSaHappened { Event: StateChanged { To: IkeSaState.Tombstone } };

    /// <summary>What is not gone yet.</summary>
    private sealed class Closing
    {
        public HashSet<SessionId> IkeSas { get; } = [];

        public HashSet<(SessionId IkeSa, uint Id, int Number)> Children { get; } = [];

        public int Count => IkeSas.Count + Children.Count;

        public bool IsDone => Count == 0;

        public bool Note(NodeEvent happened)
        {
            if (IsEnd(happened)) IkeSas.Remove(happened.Subject!.Value.Session);
            else if (happened is ChildSaStateChanged changed) Children.RemoveWhere(child => child.Number == changed.Child.Number);
            return IsDone;
        }

        public bool Note(IReadOnlyDictionary<SessionId, IkeSaSnapshot> up)
        {
            IkeSas.RemoveWhere(session => !up.ContainsKey(session));
            Children.RemoveWhere(child => !up.TryGetValue(child.IkeSa, out IkeSaSnapshot? ikeSa) || !ikeSa.Children.Any(one => one.ChildId == child.Id));
            return IsDone;
        }
    }
}
