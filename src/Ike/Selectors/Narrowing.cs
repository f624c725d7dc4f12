namespace Concentrator.Ike.Selectors;

/// <summary>Traffic selector negotiation (RFC 7296 §2.9): the responder narrows what is proposed to what is configured, the initiator checks it did.</summary>
public static class Narrowing
{
    /// <summary>The number of selectors of a TS payload is one octet (RFC 7296 §3.13).</summary>
    private const int LargestPayload = byte.MaxValue;

    /// <summary>
    /// Everything that is both configured and proposed, in the proposal's order, nothing said twice. Empty: TS_UNACCEPTABLE.
    /// Because nothing acceptable is left out, what the initiator named first is in it wherever it is acceptable (§2.9).
    /// </summary>
    public static IReadOnlyList<TrafficSelector> Narrow(IReadOnlyList<TrafficSelector> configured, IReadOnlyList<TrafficSelector> proposed)
    {
        List<TrafficSelector> narrowed = [];
        foreach (TrafficSelector theirs in proposed)
        {
            foreach (TrafficSelector ours in configured)
            {
                if (theirs.Intersect(ours) is { } common) Add(narrowed, common);
            }
        }

        return narrowed;
    }

    /// <summary>
    /// Narrows both sides of a child; null: TS_UNACCEPTABLE. A selector whose address family has no counterpart on the other side can
    /// carry no packet and is left out.
    /// </summary>
    public static SelectorPair? NarrowBoth(SelectorPair configured, SelectorPair proposed)
    {
        IReadOnlyList<TrafficSelector> local = Narrow(configured.Local, proposed.Local);
        IReadOnlyList<TrafficSelector> remote = Narrow(configured.Remote, proposed.Remote);
        SelectorPair pair = new(WithCounterpart(local, remote), WithCounterpart(remote, local));
        return pair.Local.Count == 0 ? null : pair;
    }

    /// <summary>
    /// The initiator's check (RFC 7296 §2.9): whether the answer is a non-empty part of what was proposed, each selector of it lying
    /// within one proposed. If not, the child is deleted.
    /// </summary>
    public static bool IsSubset(IReadOnlyList<TrafficSelector> answer, IReadOnlyList<TrafficSelector> proposed) =>
        answer.Count != 0 && answer.All(a => proposed.Any(a.IsSubsetOf));

    private static void Add(List<TrafficSelector> narrowed, TrafficSelector selector)
    {
        if (narrowed.Exists(selector.IsSubsetOf)) return;
        int place = narrowed.FindIndex(n => n.IsSubsetOf(selector));
        if (place >= 0)
        {
            // The wider selector stands where the first one it covers stood: the initiator's order of preference is kept.
            narrowed[place] = selector;
            for (int i = narrowed.Count - 1; i > place; i--)
            {
                if (narrowed[i].IsSubsetOf(selector)) narrowed.RemoveAt(i);
            }
        }
        else if (narrowed.Count < LargestPayload)
        {
            narrowed.Add(selector);
        }
    }

    private static TrafficSelector[] WithCounterpart(IReadOnlyList<TrafficSelector> selectors, IReadOnlyList<TrafficSelector> others) =>
        [.. selectors.Where(s => others.Any(o => o.Type == s.Type))];
}
