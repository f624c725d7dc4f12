using System.Net;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>The node, its cluster and its store.</summary>
internal static partial class Log
{
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
