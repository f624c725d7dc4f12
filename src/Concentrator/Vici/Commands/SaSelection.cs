using System.Runtime.CompilerServices;
using Concentrator.Actors.Node;

namespace Concentrator.Vici.Commands;

/// <summary>Which SAs of the cluster a request names: by the name of their configuration or by their unique id, as they are listed here; IKE SAs or children of them.</summary>
internal sealed record SaSelection(IReadOnlyList<PlacedIkeSa> IkeSas, IReadOnlyList<(PlacedIkeSa IkeSa, ChildSaSnapshot Child)> Children)
{
    private static readonly Dictionary<uint, ChildTraffic> NotCounted = [];

    public int Count => IkeSas.Count + Children.Count;

    /// <exception cref="ViciException">The request names none, or there is none of that name.</exception>
    public static async Task<SaSelection> FromAsync(ViciSection arguments, ConcentratorNode node, string purpose, CancellationToken gone)
    {
        string? ike = arguments.Text("ike"), child = arguments.Text("child");
        long? ikeId = Id(arguments, "ike-id"), childId = Id(arguments, "child-id");
        if (ike is null && child is null && ikeId is null && childId is null) throw new ViciException("missing SA selector");

        List<PlacedIkeSa> named = await FindAsync(node, i => (ike is null || i.Name == ike) && (ikeId is null || i.Number == ikeId), gone).ConfigureAwait(false);
        SaSelection found = child is null && childId is null
            ? new SaSelection(named, [])
            : new SaSelection([], [.. named.SelectMany(i => i.Numbered.Children
                .Where(c => (child is null || c.Name == child) && (childId is null || c.Number == childId))
                .Select(c => (i, c)))]);
        return found.Count > 0 ? found : throw new ViciException($"no matching SAs to {purpose} found");
    }

    /// <summary>Those of all nodes that fit, this one's first, by the numbers that they are listed under here.</summary>
    public static async Task<List<PlacedIkeSa>> FindAsync(ConcentratorNode node, Predicate<IkeSaSnapshot> fits, CancellationToken gone)
    {
        List<PlacedIkeSa> found = [];
        await foreach (PlacedIkeSa placed in EachAsync(node, fits, gone).ConfigureAwait(false)) found.Add(placed);
        return found;
    }

    /// <summary>The first of them: where this node has one, the others are not asked. Null: there is none.</summary>
    public static async Task<PlacedIkeSa?> FindFirstAsync(ConcentratorNode node, Predicate<IkeSaSnapshot> fits, CancellationToken gone)
    {
        await foreach (PlacedIkeSa placed in EachAsync(node, fits, gone).ConfigureAwait(false)) return placed;
        return null;
    }

    private static async IAsyncEnumerable<PlacedIkeSa> EachAsync(ConcentratorNode node, Predicate<IkeSaSnapshot> fits, [EnumeratorCancellation] CancellationToken gone)
    {
        foreach (IkeSaSnapshot ikeSa in node.IkeSas)
        {
            if (fits(ikeSa)) yield return new PlacedIkeSa("", true, ikeSa, NotCounted);
        }

        await foreach (PlacedIkeSa placed in node.ListElsewhereAsync(withTraffic: false, gone).ConfigureAwait(false))
        {
            if (fits(placed.Numbered)) yield return placed;
        }
    }

    /// <summary>Older clients write an underscore.</summary>
    public static long? Id(ViciSection arguments, string key) => arguments.Number(key) ?? arguments.Number(key.Replace('-', '_'));
}
