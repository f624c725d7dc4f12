using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>
/// Every line this project logs, in the words operators know from other IKE daemons. Event ids: 1 network, 2 messages, 3 IKE SAs, 4 children,
/// 5 kernel, 6 connections, 7 node; each with two digits behind. Arguments that a peer may have shaped come through <see cref="Printable"/>.
/// </summary>
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

    [LoggerMessage(200, LogLevel.Information, "parsed {Summary}")]
    public static partial void Parsed(this ILogger log, string summary);

    [LoggerMessage(201, LogLevel.Information, "generating {Summary}")]
    public static partial void Generating(this ILogger log, string summary);

    [LoggerMessage(202, LogLevel.Information, "dropped message of {IkeSa}: {Reason} ({Detail})")]
    public static partial void DroppedMessage(this ILogger log, IkeSaName ikeSa, DropReason reason, string detail);

    [LoggerMessage(300, LogLevel.Information, "IKE_SA {IkeSa} state change: {From} => {To}")]
    public static partial void IkeSaStateChange(this ILogger log, IkeSaName ikeSa, string from, string to);

    [LoggerMessage(301, LogLevel.Information, "IKE_SA {IkeSa} ended: {Reason}")]
    public static partial void IkeSaEnded(this ILogger log, IkeSaName ikeSa, EndReason reason);

    [LoggerMessage(302, LogLevel.Error, "IKE_SA {IkeSa} failed and is given up")]
    public static partial void IkeSaFailed(this ILogger log, Exception cause, IkeSaName ikeSa);

    [LoggerMessage(303, LogLevel.Error, "CHILD_SA actor {ChildId} of IKE_SA {IkeSa} died: the IKE_SA is given up")]
    public static partial void ChildActorDied(this ILogger log, IkeSaName ikeSa, uint childId);

    [LoggerMessage(304, LogLevel.Warning, "IKE_SA {IkeSa} waits no longer for its children to leave the kernel")]
    public static partial void ChildrenLinger(this ILogger log, IkeSaName ikeSa);

    [LoggerMessage(306, LogLevel.Information, "retransmit {Repetition} of request with message ID {MessageId}")]
    public static partial void RepeatedRequest(this ILogger log, int repetition, string messageId);

    [LoggerMessage(307, LogLevel.Information, "received retransmit of request, retransmitting response")]
    public static partial void RepeatedResponse(this ILogger log);

    [LoggerMessage(308, LogLevel.Information, "IKE_SA {IkeSa} rekeyed: SPIs {Local:x16}_l {Remote:x16}_r")]
    public static partial void IkeSaRekeyed(this ILogger log, IkeSaName ikeSa, ulong local, ulong remote);

    [LoggerMessage(EventId = 305, Message = "{Text}")]
    public static partial void Remark(this ILogger log, LogLevel level, string text);

    [LoggerMessage(400, LogLevel.Information, "CHILD_SA {Child} state change: {From} => {To}")]
    public static partial void ChildSaStateChange(this ILogger log, ChildSaName child, string from, string to);

    [LoggerMessage(401, LogLevel.Information, "CHILD_SA {Child} established with SPIs {Inbound:x8}_i {Outbound:x8}_o and TS {Local} === {Remote}")]
    public static partial void ChildSaEstablished(this ILogger log, ChildSaName child, uint inbound, uint outbound, string local, string remote);

    [LoggerMessage(402, LogLevel.Warning, "CHILD_SA {Child}: the kernel refused {Step}: {Verdict}")]
    public static partial void ChildSaRefused(this ILogger log, ChildSaName child, string step, string verdict);

    [LoggerMessage(403, LogLevel.Warning, "CHILD_SA {Name} refused by the peer: {Notify}")]
    public static partial void ChildFailed(this ILogger log, string name, string notify);

    [LoggerMessage(404, LogLevel.Error, "CHILD_SA {Child}: no answer from the kernel actor to {Waiting}")]
    public static partial void KernelActorSilent(this ILogger log, ChildSaName child, string waiting);

    [LoggerMessage(405, LogLevel.Information, "CHILD_SA {Name} rekeyed by {By}: {Old:x8} => {New:x8}")]
    public static partial void ChildSaRekeyed(this ILogger log, string name, uint old, uint @new, string by);

    [LoggerMessage(406, LogLevel.Information, "updown {Name}: {Line}")]
    public static partial void UpdownSays(this ILogger log, string name, string line);

    [LoggerMessage(407, LogLevel.Error, "updown {Name} failed: {Fault}")]
    public static partial void UpdownFailed(this ILogger log, string name, string fault);

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

    [LoggerMessage(600, LogLevel.Error, "there is no connection {Name}")]
    public static partial void NoSuchConnection(this ILogger log, string name);

    [LoggerMessage(601, LogLevel.Warning, "connection {Name}: no remote address to call, or no route to it")]
    public static partial void NoRoute(this ILogger log, string name);

    [LoggerMessage(611, LogLevel.Warning, "connection {Name}: no route to gateway {Gateway}, where the peer has sent us")]
    public static partial void NoRouteToGateway(this ILogger log, string name, string gateway);

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

    [LoggerMessage(700, LogLevel.Information, "ready in {Seconds:F1} s")]
    public static partial void ClusterReady(this ILogger log, double seconds);

    [LoggerMessage(701, LogLevel.Information, "stopping: closing {IkeSas} IKE_SAs")]
    public static partial void Stopping(this ILogger log, int ikeSas);

    [LoggerMessage(702, LogLevel.Warning, "{IkeSas} peers did not answer their Delete in time")]
    public static partial void Unanswered(this ILogger log, int ikeSas);

    [LoggerMessage(703, LogLevel.Information, "stopped in {Seconds:F1} s")]
    public static partial void Stopped(this ILogger log, double seconds);

    [LoggerMessage(760, LogLevel.Information, "node {Name} is reached at {Address}{Protection}")]
    public static partial void NodeAddress(this ILogger log, string name, string address, string protection);

    [LoggerMessage(761, LogLevel.Warning, "refused node at {Peer}, which calls itself {Names}: {Reason}{Repeated}")]
    public static partial void NodeRefused(this ILogger log, string peer, string names, string reason, string repeated);

    [LoggerMessage(762, LogLevel.Information, "forming a new cluster: {Reason}")]
    public static partial void Forming(this ILogger log, string reason);

    [LoggerMessage(763, LogLevel.Information, "looking for the cluster: {Waiting}")]
    public static partial void Looking(this ILogger log, string waiting);

    [LoggerMessage(764, LogLevel.Warning, "the nodes cannot be looked up as {Name}: {Error}")]
    public static partial void NotLookedUp(this ILogger log, string name, string error);

    [LoggerMessage(765, LogLevel.Warning, "{Address} is already a node called {Name}: waiting for it to go")]
    public static partial void NameTaken(this ILogger log, string address, string name);

    [LoggerMessage(766, LogLevel.Information, "node {Name} at {Address} {Change}: {Members} members")]
    public static partial void MemberChanged(this ILogger log, string name, string address, string change, int members);

    [LoggerMessage(767, LogLevel.Error, "this node is no member of its cluster any more: it was cut off, stood still, or is in the smaller half")]
    public static partial void CutOff(this ILogger log);

    [LoggerMessage(EventId = 768, Message = "{Source}: {Text}")]
    public static partial void AkkaSays(this ILogger log, LogLevel level, string source, string text);

    [LoggerMessage(750, LogLevel.Warning, "the sessions of shard {Shard} cannot be claimed, trying again: {Error}")]
    public static partial void ShardNotClaimed(this ILogger log, byte shard, string error);

    [LoggerMessage(720, LogLevel.Information, "sessions are stored in {Store} under key {Key}: they outlive this process")]
    public static partial void StoreChosen(this ILogger log, string store, string key);

    [LoggerMessage(727, LogLevel.Information, "sessions are not stored: they end with this process (--store-key keeps them)")]
    public static partial void NotStored(this ILogger log);

    [LoggerMessage(721, LogLevel.Warning, "the session store cannot be had: existing tunnels go on, new ones are refused until it is back ({Error})")]
    public static partial void StoreUnavailable(this ILogger log, string error);

    [LoggerMessage(722, LogLevel.Warning, "the session store is back: {Sessions} sessions are written anew")]
    public static partial void StoreAvailable(this ILogger log, int sessions);

    [LoggerMessage(723, LogLevel.Error, "the session store has lost what it had: all sessions are written anew")]
    public static partial void StoreForgot(this ILogger log);

    [LoggerMessage(725, LogLevel.Information, "shard {Shard}: going on with {Sessions} IKE_SAs, {Installed} CHILD_SAs are in the kernel, {Refused} were refused ({Seconds:F2} s)")]
    public static partial void ShardTakenOver(this ILogger log, byte shard, int sessions, int installed, int refused, double seconds);

    [LoggerMessage(726, LogLevel.Error, "shard {Shard}: {Rows} stored sessions cannot be used, {Why}; they stay where they are, the first is {First}")]
    public static partial void BadRows(this ILogger log, byte shard, int rows, string why, string first);

    [LoggerMessage(724, LogLevel.Error, "the session store failed")]
    public static partial void StoreFailed(this ILogger log, Exception bug);

    [LoggerMessage(751, LogLevel.Warning, "another node sends what this version does not know ({Manifest}: {Why}): it is ignored, and not said again")]
    public static partial void UnknownMessage(this ILogger log, string manifest, string why);

    [LoggerMessage(753, LogLevel.Warning, "node {Address} does not say which IKE_SAs it has: the list is without them")]
    public static partial void NodeNotListed(this ILogger log, string address);

    [LoggerMessage(752, LogLevel.Information, "SAD entries with SPI {Inbound:x8} and {Outbound:x8} come from another node")]
    public static partial void BringingSas(this ILogger log, uint inbound, uint outbound);

    [LoggerMessage(730, LogLevel.Information, "service address {Address} is here")]
    public static partial void ServiceAddressHere(this ILogger log, ServiceAddress address);

    [LoggerMessage(731, LogLevel.Information, "service address {Address} is not here any more")]
    public static partial void ServiceAddressGone(this ILogger log, ServiceAddress address);

    [LoggerMessage(740, LogLevel.Information, "service address {Address} goes to node {Node}, whose kernel has the SAs of its {Sessions} IKE_SAs")]
    public static partial void HandedOver(this ILogger log, IPAddress address, string node, int sessions);

    [LoggerMessage(741, LogLevel.Warning, "service address {Address} stays: node {Node} is not prepared to have it ({Problem})")]
    public static partial void NotHandedOver(this ILogger log, IPAddress address, string node, string problem);

    [LoggerMessage(742, LogLevel.Information, "draining: {IkeSas} IKE_SAs are handed over, nothing new begins")]
    public static partial void Draining(this ILogger log, int ikeSas);

    [LoggerMessage(743, LogLevel.Information, "drained: {Text}")]
    public static partial void Drained(this ILogger log, string text);

    [LoggerMessage(744, LogLevel.Warning, "not drained, this node serves on: {Text}")]
    public static partial void NotDrained(this ILogger log, string text);

    [LoggerMessage(745, LogLevel.Warning, "stopping without closing IKE_SAs: what is stored goes on elsewhere, or here at the next start")]
    public static partial void StoppingSilently(this ILogger log);

    [LoggerMessage(732, LogLevel.Warning, "service address: {Fault}")]
    public static partial void ServiceAddressRefused(this ILogger log, string fault);
}
