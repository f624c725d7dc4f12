using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Microsoft.Extensions.Logging;

namespace Concentrator.Logs;

/// <summary>What an auditor wants to know, event ids 900 to 999. Texts and names are kept stable: people search for them.</summary>
internal static partial class AuditLog
{
    [LoggerMessage(900, LogLevel.Information, "IKE_SA {IkeSa} up: {Local} [{LocalId}] === {Peer} [{PeerId}], we are the {Role}")]
    public static partial void IkeSaUp(this ILogger log, IkeSaName ikeSa, string local, string localId, string peer, string peerId, string role);

    [LoggerMessage(901, LogLevel.Information, "IKE_SA {IkeSa} down: {Peer} [{PeerId}], {Reason}")]
    public static partial void IkeSaDown(this ILogger log, IkeSaName ikeSa, string peer, string peerId, EndReason reason);

    [LoggerMessage(902, LogLevel.Warning, "authentication failed: {Peer} who says it is [{PeerId}], IKE_SA {IkeSa}, {Reason}")]
    public static partial void AuthenticationFailed(this ILogger log, IkeSaName ikeSa, string peer, string peerId, EndReason reason);

    [LoggerMessage(903, LogLevel.Information, "CHILD_SA {Child} up: IKE_SA {IkeSa}, {Peer} [{PeerId}], SPIs {Inbound:x8}_i {Outbound:x8}_o, {LocalTs} === {RemoteTs}")]
    public static partial void ChildSaUp(
        this ILogger log, ChildSaName child, IkeSaName ikeSa, string peer, string peerId, uint inbound, uint outbound, string localTs, string remoteTs);

    [LoggerMessage(904, LogLevel.Information, "CHILD_SA {Child} down: IKE_SA {IkeSa}, SPIs {Inbound:x8}_i {Outbound:x8}_o")]
    public static partial void ChildSaDown(this ILogger log, ChildSaName child, IkeSaName ikeSa, uint inbound, uint outbound);

    [LoggerMessage(905, LogLevel.Information, "configuration loaded: {Connections} connections from {File}")]
    public static partial void ConfigurationLoaded(this ILogger log, int connections, string file);

    [LoggerMessage(907, LogLevel.Information, "configuration changed: unloaded [{Unloaded}], loaded [{Loaded}], keys {Keys}")]
    public static partial void ConfigurationChanged(this ILogger log, string unloaded, string loaded, string keys);

    [LoggerMessage(906, LogLevel.Warning, "KEYS ARE BEING SAVED in {Folder}: who reads it can decrypt every tunnel of this gateway. Never leave --save-keys on")]
    public static partial void KeysAreSaved(this ILogger log, string folder);
}
