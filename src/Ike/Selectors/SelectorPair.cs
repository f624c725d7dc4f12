namespace Concentrator.Ike.Selectors;

/// <summary>The selectors of a child: what this side protects and what the peer does. A packet matches when one of each list does.</summary>
public sealed record SelectorPair(IReadOnlyList<TrafficSelector> Local, IReadOnlyList<TrafficSelector> Remote)
{
    public override string ToString() => $"{string.Join(' ', Local)} === {string.Join(' ', Remote)}";
}
