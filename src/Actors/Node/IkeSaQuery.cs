using Concentrator.Actors.IkeSa;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Node;

/// <summary>A page of the IKE SAs that fit.</summary>
/// <param name="Text">Words, each part of a name, an identity, an address or an SPI; empty: all fit.</param>
/// <param name="State">As <see cref="IkeSaStateExtensions.DisplayName"/> has it; null: any.</param>
/// <param name="Offset">How many of those that fit come before the page.</param>
/// <param name="Limit">How many the page has at most.</param>
/// <param name="NewestFirst">Else in the order they began.</param>
public sealed record IkeSaQuery(string Text = "", string? State = null, int Offset = 0, int Limit = 50, bool NewestFirst = true)
{
    internal SessionPattern Pattern { get; } = new(Text);

    /// <summary>Whether this one would be found, on whatever page.</summary>
    public bool Fits(IkeSaSnapshot ikeSa) =>
        (State is null || string.Equals(ikeSa.State.DisplayName(), State, StringComparison.OrdinalIgnoreCase)) && Pattern.Matches(ikeSa, [.. ikeSa.Children]);
}

/// <summary>What was found: the page, how many fit in all, and how many IKE SAs there are.</summary>
public sealed record IkeSaPage(IReadOnlyList<IkeSaSnapshot> IkeSas, int Fitting, int Total);
