using Concentrator.Actors.Messages;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Draining;

/// <summary>How much a node takes part.</summary>
public enum DrainState
{
    /// <summary>Fully.</summary>
    Serving,

    /// <summary>It is giving up what it has, and nothing new begins.</summary>
    Draining,

    /// <summary>It has nothing, takes nothing, and may be stopped.</summary>
    Drained,
}

/// <summary>What an operator wants of a node. Immutable.</summary>
public sealed record DrainWish
{
    /// <summary>The node takes part again.</summary>
    public bool Undo { get; init; }

    /// <summary>What cannot be handed over is closed, instead of keeping the node from being drained.</summary>
    public bool Force { get; init; }

    /// <summary>How long it may take; then the node takes part as before.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Clients that follow are sent to this gateway first (RFC 5685); null: they are handed over as the others.</summary>
    public GatewayIdentity? RedirectTo { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="IsDone">False: the node serves on, as before.</param>
/// <param name="Text">A sentence for people.</param>
/// <param name="HandedOver">IKE SAs that went to other nodes.</param>
/// <param name="Left">IKE SAs that are still here.</param>
public sealed record DrainOutcome(bool IsDone, string Text, int HandedOver, int Left);

/// <summary>To the <see cref="DrainActor"/> of a node. Answered by <see cref="NodeDrained"/>, when it is done.</summary>
internal sealed record DrainNode(DrainWish Wish) : INodeMessage;

internal sealed record NodeDrained(DrainOutcome Outcome) : INodeMessage;
