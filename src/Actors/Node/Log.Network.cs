using Concentrator.Ike.Session;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>What the sockets and the gate say.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "socket {Endpoint}: {Warning}")]
    public static partial void SocketWarning(this ILogger log, HostPort endpoint, string warning);

    [LoggerMessage(101, LogLevel.Information, "received packet: from {From} to {To} ({Octets} bytes)")]
    public static partial void ReceivedPacket(this ILogger log, HostPort from, HostPort to, int octets);

    [LoggerMessage(102, LogLevel.Information, "sending packet: from {From} to {To} ({Octets} bytes)")]
    public static partial void SendingPacket(this ILogger log, HostPort from, HostPort to, int octets);

    [LoggerMessage(103, LogLevel.Warning, "sending packet to {To} failed: {Error}")]
    public static partial void SendingFailed(this ILogger log, HostPort to, string error);

    [LoggerMessage(104, LogLevel.Warning, "no socket to send from {From} ({Held} more since it was last said)")]
    public static partial void NoSocket(this ILogger log, HostPort from, int held);

    [LoggerMessage(105, LogLevel.Debug, "dropped packet from {From}: {Reason}")]
    public static partial void DroppedPacket(this ILogger log, HostPort from, DropReason reason);

    [LoggerMessage(106, LogLevel.Error, "receiving on {Endpoint} failed: {Error}")]
    public static partial void ReceivingFailed(this ILogger log, HostPort endpoint, string error);

    [LoggerMessage(107, LogLevel.Information, "ready: listening on {Endpoints}")]
    public static partial void Ready(this ILogger log, string endpoints);

    [LoggerMessage(108, LogLevel.Warning, "{HalfOpen} IKE_SAs are half open: new peers must return a cookie, or are dropped")]
    public static partial void UnderLoad(this ILogger log, int halfOpen);

    [LoggerMessage(109, LogLevel.Information, "{HalfOpen} IKE_SAs are half open: no cookies any more")]
    public static partial void LoadIsOver(this ILogger log, int halfOpen);

    [LoggerMessage(110, LogLevel.Information, "our addresses are now {Addresses}")]
    public static partial void AddressesChanged(this ILogger log, string addresses);

    [LoggerMessage(111, LogLevel.Warning, "addresses and routes are not watched, so MOBIKE will not notice that they change: {Error}")]
    public static partial void AddressesNotWatched(this ILogger log, string error);
}
