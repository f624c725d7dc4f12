using Concentrator.Actors.Kernel;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Connections;

/// <summary>A trap that is set, and who serves it. Owned by the <see cref="ConnectionsActor"/>.</summary>
internal sealed class Trap(TrapPlan plan, TrapGate gate)
{
    public TrapPlan Plan { get; set; } = plan;

    public TrapGate Gate { get; } = gate;

    /// <summary>The call that brings it up; null where an IKE SA was there already.</summary>
    public Attempt? Attempt { get; set; }

    /// <summary>The IKE SA that was asked for it; none while its call waits for the next try.</summary>
    public SessionId Session { get; set; }
}
