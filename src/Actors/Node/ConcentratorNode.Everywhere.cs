using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Cluster;
using Concentrator.Actors.Placement;

namespace Concentrator.Actors.Node;

/// <summary>An IKE SA of some node of the cluster.</summary>
/// <param name="Node">The address of the node that it lives on.</param>
/// <param name="IsHere">That is this one.</param>
/// <param name="IkeSa">As it was a moment ago. <see cref="IkeSaSnapshot.Number"/> and those of its children are unique on that node alone.</param>
/// <param name="Traffic">By child id, where it was asked for and the kernel of that node has the SAs.</param>
public sealed record PlacedIkeSa(string Node, bool IsHere, IkeSaSnapshot IkeSa, IReadOnlyDictionary<uint, ChildTraffic> Traffic)
{
    private const int TagShift = 24;

    /// <summary>What tells numbers of this life of that node from those of others; 0: this node.</summary>
    public int Tag { get; init; }

    /// <summary>The same with numbers that, on this node, no other IKE SA or child of the cluster has, as long as its node lives.</summary>
    public IkeSaSnapshot Numbered => Tag == 0 ? IkeSa : IkeSa with
    {
        Number = Of(IkeSa.Number),
        Children = [.. IkeSa.Children.Select(child => child with { Number = Of(child.Number) })],
    };

    private int Of(int number) => (Tag << TagShift) | (number & ((1 << TagShift) - 1));
}

public sealed partial class ConcentratorNode
{
    private const int PageSize = 100;

    /// <summary>Numbers with the largest tag are still positive.</summary>
    private const int MostTags = 120;

    /// <summary>
    /// The IKE SAs of all nodes, this one's first, each node's in the order they began; asked for page by page as they are read. One that begins or ends meanwhile
    /// may be in it or not. Of a node that does not answer the rest is left out, and the log says so.
    /// </summary>
    /// <param name="withTraffic">The kernels are asked what has passed.</param>
    /// <param name="cancel">Ends it.</param>
    public IAsyncEnumerable<PlacedIkeSa> ListEverywhereAsync(bool withTraffic, CancellationToken cancel = default) => ListAsync(_ => true, withTraffic, cancel);

    /// <summary>The same without those that live here.</summary>
    public IAsyncEnumerable<PlacedIkeSa> ListElsewhereAsync(bool withTraffic, CancellationToken cancel = default) => ListAsync(isHere => !isHere, withTraffic, cancel);

    private async IAsyncEnumerable<PlacedIkeSa> ListAsync(Predicate<bool> isWanted, bool withTraffic, [EnumeratorCancellation] CancellationToken cancel)
    {
        Cluster cluster = Cluster.Get(_akka.System);
        IEnumerable<Member> members = cluster.State.Members
            .Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting && !cluster.State.Unreachable.Contains(member))
            .OrderBy(member => member.Address == cluster.SelfAddress ? 0 : 1);
        IReadOnlyDictionary<Address, int> tags = TagsOf(cluster.State.Members);
        foreach (Member member in members)
        {
            bool isHere = member.Address == cluster.SelfAddress;
            if (!isWanted(isHere)) continue;
            string name = $"{member.Address.Host}:{member.Address.Port}";
            int? after = 0;
            while (after is { } next && await PageOfAsync(member.Address, new ListIkeSas(next, PageSize, withTraffic), cancel).ConfigureAwait(false) is { } page)
            {
                foreach (ListedIkeSa listed in page.IkeSas) yield return new PlacedIkeSa(name, isHere, listed.IkeSa, listed.Traffic) { Tag = isHere ? 0 : tags.GetValueOrDefault(member.Address) };
                after = page.Next;
            }
        }
    }

    /// <summary>From what is drawn for each life of a node; of two that are the same the older has it.</summary>
    private static Dictionary<Address, int> TagsOf(IEnumerable<Member> members)
    {
        Dictionary<Address, int> tags = [];
        foreach (Member member in members.Order(Member.AgeOrdering))
        {
            int tag = (int)((uint)member.UniqueAddress.Uid % MostTags) + 1;
            while (tags.ContainsValue(tag) && tags.Count < MostTags) tag = (tag % MostTags) + 1;
            tags[member.Address] = tag;
        }

        return tags;
    }

    /// <summary>Null: no answer in time, or none that this version understands.</summary>
    private async Task<IkeSasListed?> PageOfAsync(Address node, ListIkeSas list, CancellationToken cancel)
    {
        try
        {
            return await _node.Actors.Neighbours!.ListingOf(node).Ask(list, QuestionTime, cancel).ConfigureAwait(false) as IkeSasListed;
        }
        catch (AskTimeoutException)
        {
            _node.Log.Clu.NodeNotListed($"{node.Host}:{node.Port}");
            return null;
        }
    }
}
