using System.Net;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>What is asked of the kernel, and what it answers.</summary>
internal static partial class Log
{
    [LoggerMessage(520, LogLevel.Information, "{Why}")]
    public static partial void KernelChosen(this ILogger log, string why);

    [LoggerMessage(500, LogLevel.Information, "getting SPI")]
    public static partial void GettingSpi(this ILogger log);

    [LoggerMessage(501, LogLevel.Information, "got SPI {Spi:x8}")]
    public static partial void GotSpi(this ILogger log, uint spi);

    [LoggerMessage(502, LogLevel.Information, "adding SAD entry with SPI {Spi:x8} ({Direction})")]
    public static partial void AddingSa(this ILogger log, uint spi, string direction);

    [LoggerMessage(503, LogLevel.Information, "deleting SAD entry with SPI {Spi:x8}")]
    public static partial void DeletingSa(this ILogger log, uint spi);

    [LoggerMessage(504, LogLevel.Information, "deleted SAD entry with SPI {Spi:x8}")]
    public static partial void DeletedSa(this ILogger log, uint spi);

    /// <summary>The text has the step, the errno, the kernel's own words and the hint.</summary>
    [LoggerMessage(505, LogLevel.Error, "{Refusal}")]
    public static partial void KernelRefusal(this ILogger log, string refusal);

    [LoggerMessage(506, LogLevel.Warning, "SAD entry with SPI {Spi:x8} or one of its policies resists: quarantined, removed later")]
    public static partial void Quarantined(this ILogger log, uint spi);

    [LoggerMessage(507, LogLevel.Information, "{Removed} quarantined entries are removed, {Left} are left")]
    public static partial void QuarantineShrank(this ILogger log, int removed, int left);

    [LoggerMessage(508, LogLevel.Warning, "the owner of SPI {Spi:x8} is gone: sweeping what it left")]
    public static partial void OwnerGone(this ILogger log, uint spi);

    [LoggerMessage(509, LogLevel.Warning, "{Left} entries could not be removed from the kernel")]
    public static partial void LeftBehind(this ILogger log, int left);

    [LoggerMessage(510, LogLevel.Error, "{Request} failed")]
    public static partial void KernelActorFailed(this ILogger log, Exception bug, string request);

    [LoggerMessage(511, LogLevel.Warning, "SAD entry with SPI {Spi:x8} expired")]
    public static partial void SaExpired(this ILogger log, uint spi);

    [LoggerMessage(512, LogLevel.Information, "SAD entry with SPI {Spi:x8} expires soon")]
    public static partial void SaExpiresSoon(this ILogger log, uint spi);

    [LoggerMessage(513, LogLevel.Information, "ESP for SPI {Spi:x8} now comes from {Address}[{Port}]")]
    public static partial void MappingChanged(this ILogger log, uint spi, IPAddress address, ushort port);

    [LoggerMessage(514, LogLevel.Debug, "traffic without an SA: reqid {ReqId}, {Packet}")]
    public static partial void Acquire(this ILogger log, uint reqId, string packet);

    [LoggerMessage(524, LogLevel.Debug, "nobody brought up an SA in time for reqid {ReqId}: the next packet asks again")]
    public static partial void AcquireExpired(this ILogger log, uint reqId);

    [LoggerMessage(529, LogLevel.Information, "this kernel drops the packets that wait for a tunnel: sysctl net.core.xfrm_larval_drop=0 keeps them until it is up")]
    public static partial void LarvalPacketsDropped(this ILogger log);

    [LoggerMessage(515, LogLevel.Warning,
        "kernel reconciled: {Lost} children lost something, {Restored} policies restored, {Removed} stale entries removed, {Spared} stale entries left for now, {Expiring} children expire soon")]
    public static partial void Reconciled(this ILogger log, int lost, int restored, int removed, int spared, int expiring);

    [LoggerMessage(516, LogLevel.Error, "the SAD and SPD cannot be held against what this node owns: {Error}")]
    public static partial void ReconcileFailed(this ILogger log, string error);

    [LoggerMessage(517, LogLevel.Information, "SPI {Spi:x8} was not used in time and is given back")]
    public static partial void ReservationExpired(this ILogger log, uint spi);

    [LoggerMessage(518, LogLevel.Warning, "this kernel refuses {Algorithms}: proposals with others go first")]
    public static partial void AlgorithmsRefused(this ILogger log, string algorithms);

    [LoggerMessage(539, LogLevel.Information, "asked the kernel for {Known} algorithms: it accepts {Accepted}")]
    public static partial void AlgorithmsProbed(this ILogger log, int known, int accepted);

    [LoggerMessage(519, LogLevel.Information, "this kernel accepts {Algorithms} now: children that waited for it are tried")]
    public static partial void AlgorithmsRecovered(this ILogger log, string algorithms);

    [LoggerMessage(525, LogLevel.Warning, "kernel events were lost: looking at the SAD and SPD")]
    public static partial void EventsLost(this ILogger log);

    [LoggerMessage(530, LogLevel.Information, "moving SAD entry with SPI {Spi:x8} and its pair to {Local}...{Remote}{Encapsulation}")]
    public static partial void MovingSas(this ILogger log, uint spi, HostPort local, HostPort remote, string encapsulation);

    [LoggerMessage(540, LogLevel.Information, "SAD entries with SPIs {Inbound:x8}_i {Outbound:x8}_o are back")]
    public static partial void SasRestored(this ILogger log, uint inbound, uint outbound);

    [LoggerMessage(541, LogLevel.Warning, "how far SAs have come is not known, it is looked at again: {Error}")]
    public static partial void SamplingFailed(this ILogger log, string error);

    [LoggerMessage(545, LogLevel.Information, "virtual IP {Address}: {Outcome}")]
    public static partial void VirtualAddressAdded(this ILogger log, IPAddress address, string outcome);

    [LoggerMessage(546, LogLevel.Information, "virtual IP {Address}: removed")]
    public static partial void VirtualAddressRemoved(this ILogger log, IPAddress address);

    [LoggerMessage(548, LogLevel.Warning, "what goes to {Destination} does not leave from virtual IP {Source} by itself: {Error}")]
    public static partial void VirtualRouteRefused(this ILogger log, IPNetwork destination, IPAddress source, string error);

    [LoggerMessage(547, LogLevel.Warning, "virtual IP {Address} cannot be removed: {Error}")]
    public static partial void VirtualAddressStays(this ILogger log, IPAddress address, string error);
}
