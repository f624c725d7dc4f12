namespace Concentrator.Ike.Selectors;

/// <summary>What a responder makes of the selectors it is offered, and how an initiator checks the answer (RFC 7296 §2.9).</summary>
public static class Narrowing
{
    private const int ResultLimit = 255;

    /// <summary>
    /// All that is both configured and proposed, in the order proposed, nothing twice; empty: TS_UNACCEPTABLE. What the first proposed selector
    /// has in common with the configuration comes first, as §2.9 wants.
    /// </summary>
    public static IReadOnlyList<TrafficSelector> Narrow(IReadOnlyList<TrafficSelector> configured, IReadOnlyList<TrafficSelector> proposed)
    {
        List<TrafficSelector> result = [];
        foreach (TrafficSelector theirs in proposed)
        {
            foreach (TrafficSelector ours in configured)
            {
                if (ours.Intersect(theirs) is { } both && !result.Exists(both.IsSubsetOf)) Add(result, both);
            }
        }

        return result;
    }

    /// <summary>A selector that covers others stands where the first of them stood: the initiator's order is kept.</summary>
    private static void Add(List<TrafficSelector> result, TrafficSelector selector)
    {
        int place = result.FindIndex(r => r.IsSubsetOf(selector));
        result.RemoveAll(r => r.IsSubsetOf(selector));
        if (place >= 0) result.Insert(place, selector);
        else if (result.Count < ResultLimit) result.Add(selector);
    }

    /// <summary>The answer selects something, and nothing that was not proposed.</summary>
    public static bool IsSubset(IReadOnlyList<TrafficSelector> answer, IReadOnlyList<TrafficSelector> proposed) =>
        answer.Count > 0 && answer.All(a => proposed.Any(a.IsSubsetOf));
}
