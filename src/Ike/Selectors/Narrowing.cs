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
                if (ours.Intersect(theirs) is not { } both || result.Exists(both.IsSubsetOf)) continue;
                result.RemoveAll(r => r.IsSubsetOf(both));
                if (result.Count < ResultLimit) result.Add(both);
            }
        }

        return result;
    }

    /// <summary>The answer selects something, and nothing that was not proposed.</summary>
    public static bool IsSubset(IReadOnlyList<TrafficSelector> answer, IReadOnlyList<TrafficSelector> proposed) =>
        answer.Count > 0 && answer.All(a => proposed.Any(a.IsSubsetOf));
}
