using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Placement;

/// <summary>One per node: tells other nodes of the IKE SAs that live here, a page at a time, so that no list is one big message however long it is.</summary>
internal sealed class ListingActor(NodeContext node) : UntypedActor
{
    /// <summary>An IKE SA may have 256 children; a message between nodes may have 128,000 octets.</summary>
    private const int MostIkeSas = 100;
    private const int MostChildren = 150;
    private static readonly TimeSpan KernelPatience = TimeSpan.FromSeconds(2);
    private static readonly IReadOnlyDictionary<uint, ChildTraffic> NoTraffic = new Dictionary<uint, ChildTraffic>();

    public static Props Props(NodeContext node) => Akka.Actor.Props.Create(() => new ListingActor(node));

    protected override void OnReceive(object message)
    {
        if (message is ListIkeSas list) Answer(list, Sender);
        else Unhandled(message);
    }

    private void Answer(ListIkeSas list, IActorRef asker)
    {
        (List<IkeSaSnapshot> page, int? next) = PageAfter(list.After, Math.Clamp(list.Limit, 1, MostIkeSas));
        if (!list.WithTraffic)
        {
            asker.Tell(new IkeSasListed([.. page.Select(ikeSa => new ListedIkeSa(ikeSa, NoTraffic))], next));
            return;
        }

        TrafficQuestion question = new(page);
        // A kernel that does not answer in time has counted nothing: the list goes on.
        node.Actors.Kernel.Ask<SaInfo?[]>(new CountTraffic(question.Sas), KernelPatience).PipeTo(
            asker, Self,
            sas => new IkeSasListed([.. page.Select(ikeSa => new ListedIkeSa(ikeSa, question.TrafficOf(ikeSa, sas)))], next),
            _ => new IkeSasListed([.. page.Select(ikeSa => new ListedIkeSa(ikeSa, NoTraffic))], next));
    }

    private (List<IkeSaSnapshot> Page, int? Next) PageAfter(int after, int limit)
    {
        // Of those that come after, the first ones: the rest is not sorted.
        PriorityQueue<SessionEntry, int> first = new();
        foreach (SessionEntry entry in node.Sessions.Entries)
        {
            int number = entry.Number;
            if (number <= after) continue;
            first.Enqueue(entry, -number);
            // One more than fits says that there is a next page.
            if (first.Count > limit + 1) first.Dequeue();
        }

        List<(int Number, SessionEntry Entry)> candidates = [];
        while (first.TryDequeue(out SessionEntry? entry, out int number)) candidates.Add((-number, entry));
        candidates.Reverse();
        List<IkeSaSnapshot> page = [];
        int children = 0;
        foreach ((int number, SessionEntry entry) in candidates)
        {
            IkeSaSnapshot ikeSa = entry.Snapshot();
            children += ikeSa.Children.Count;
            if (page.Count == limit || (page.Count > 0 && children > MostChildren)) return (page, page[^1].Number);
            page.Add(ikeSa);
        }

        return (page, null);
    }
}
