using Concentrator.Actors.Node;
using Concentrator.Ladders;
using Concentrator.Telemetry;

namespace Concentrator.Http;

/// <summary>What the web server shows of a gateway: the node, and what was recorded of it. Owns nothing; all of it is safe from any thread.</summary>
internal sealed record GatewayView(ConcentratorNode Node, LadderRecorder Ladders, RateHistory Rates, RefusalFeed Refusals)
{
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Who knows the cluster; the node itself unless told.</summary>
    public IClusterView Cluster { get; init; } = Node;
}
