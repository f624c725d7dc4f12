using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>Calls, connections and pools.</summary>
internal static partial class Log
{
    [LoggerMessage(600, LogLevel.Error, "there is no connection {Name}")]
    public static partial void NoSuchConnection(this ILogger log, string name);

    [LoggerMessage(601, LogLevel.Warning, "connection {Name}: no remote address to call, or no route to it")]
    public static partial void NoRoute(this ILogger log, string name);

    [LoggerMessage(611, LogLevel.Warning, "connection {Name}: no route to gateway {Gateway}, where the peer has sent us")]
    public static partial void NoRouteToGateway(this ILogger log, string name, string gateway);

    [LoggerMessage(612, LogLevel.Information, "connection {Name}: called when {Address}, which it is to be called from, and its shards are here")]
    public static partial void AwaitsAddress(this ILogger log, string name, IPAddress address);

    [LoggerMessage(602, LogLevel.Warning, "connection {Name}: given up ({Reason})")]
    public static partial void ConnectionGivenUp(this ILogger log, string name, EndReason reason);

    [LoggerMessage(603, LogLevel.Information, "connection {Name}: calling again in {Seconds:F1} s ({Reason})")]
    public static partial void ConnectionRetry(this ILogger log, string name, double seconds, EndReason reason);

    [LoggerMessage(604, LogLevel.Information, "trap {Name} set: traffic brings it up")]
    public static partial void TrapSet(this ILogger log, string name);

    [LoggerMessage(605, LogLevel.Warning, "trap {Name} cannot be set, traffic will not bring it up: {Refusal}")]
    public static partial void TrapRefused(this ILogger log, string name, string refusal);

    [LoggerMessage(606, LogLevel.Information, "traffic asks for {Name}: {Local} === {Remote}")]
    public static partial void TrafficAsks(this ILogger log, string name, TrafficSelector local, TrafficSelector remote);

    [LoggerMessage(607, LogLevel.Warning, "trap {Name} could not be served: traffic is not heard for {Seconds:F1} s")]
    public static partial void TrapFailed(this ILogger log, string name, double seconds);

    [LoggerMessage(608, LogLevel.Information, "trap {Name} removed")]
    public static partial void TrapRemoved(this ILogger log, string name);

    [LoggerMessage(609, LogLevel.Information, "connection {Name} {What}")]
    public static partial void ConnectionLoaded(this ILogger log, string name, string what);

    [LoggerMessage(610, LogLevel.Information, "connection {Name} unloaded: what is up stays up")]
    public static partial void ConnectionUnloaded(this ILogger log, string name);

    [LoggerMessage(620, LogLevel.Information, "pool {Name} ({Addresses}): {Outcome}")]
    public static partial void PoolLoaded(this ILogger log, string name, AddressRange addresses, string outcome);

    [LoggerMessage(622, LogLevel.Information, "pool {Name}: {Outcome}")]
    public static partial void PoolUnloaded(this ILogger log, string name, string outcome);

    [LoggerMessage(621, LogLevel.Error, "leases of virtual IPs: {Error}")]
    public static partial void LeasesFailed(this ILogger log, string error);
}
