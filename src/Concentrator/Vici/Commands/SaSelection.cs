using Concentrator.Actors.Node;

namespace Concentrator.Vici.Commands;

/// <summary>Which SAs a request names: by the name of their configuration or by their unique id, IKE SAs or children of them.</summary>
internal sealed record SaSelection(IReadOnlyList<IkeSaSnapshot> IkeSas, IReadOnlyList<(IkeSaSnapshot IkeSa, ChildSaSnapshot Child)> Children)
{
    public int Count => IkeSas.Count + Children.Count;

    /// <exception cref="ViciException">The request names none, or there is none of that name.</exception>
    public static SaSelection From(ViciSection arguments, IReadOnlyList<IkeSaSnapshot> all, string purpose)
    {
        string? ike = arguments.Text("ike"), child = arguments.Text("child");
        long? ikeId = Id(arguments, "ike-id"), childId = Id(arguments, "child-id");
        if (ike is null && child is null && ikeId is null && childId is null) throw new ViciException("missing SA selector");

        IEnumerable<IkeSaSnapshot> named = all.Where(i => (ike is null || i.Name == ike) && (ikeId is null || i.Number == ikeId));
        SaSelection found = child is null && childId is null
            ? new SaSelection([.. named], [])
            : new SaSelection([], [.. named.SelectMany(i => i.Children
                .Where(c => (child is null || c.Name == child) && (childId is null || c.Number == childId))
                .Select(c => (i, c)))]);
        return found.Count > 0 ? found : throw new ViciException($"no matching SAs to {purpose} found");
    }

    /// <summary>Older clients write an underscore.</summary>
    public static long? Id(ViciSection arguments, string key) => arguments.Number(key) ?? arguments.Number(key.Replace('-', '_'));
}
