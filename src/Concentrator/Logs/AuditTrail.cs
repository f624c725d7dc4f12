using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Microsoft.Extensions.Logging;

namespace Concentrator.Logs;

/// <summary>
/// Makes audit entries of what happens on a node: who came, who was turned away, who left, what was changed. It observes the node from its first event, on the
/// threads of actors: it only logs.
/// </summary>
internal sealed class AuditTrail(ILoggerFactory logging) : IObserver<NodeEvent>
{
    private readonly ILogger _log = logging.CreateLogger(LogLevels.AuditTag);
    private ConcentratorNode? _node;

    /// <summary>From now on it knows addresses and identities as well.</summary>
    public void Attach(ConcentratorNode node) => Volatile.Write(ref _node, node);

    public void ConfigurationLoaded(string path, GatewayConfig config) => _log.ConfigurationLoaded(config.Connections.Count, path);

    public void OnNext(NodeEvent value)
    {
        if (!_log.IsEnabled(LogLevel.Warning)) return;
        switch (value)
        {
            case IkeSaHappened { Event: StateChanged { To: IkeSaState.Established } } up:
                Face face = FaceOf(up.IkeSa);
                _log.IkeSaUp(up.IkeSa, face.Local, face.LocalId, face.Peer, face.PeerId, face.IsInitiator ? "initiator" : "responder");
                break;
            case IkeSaHappened { Event: StateChanged { From: IkeSaState.Established, Reason: { } reason } } down:
                TellDown(down.IkeSa, reason);
                break;
            // An actor that failed changed no state.
            case IkeSaEnded { WasEstablished: true, Reason: EndReason.Failed } failed:
                TellDown(failed.IkeSa, failed.Reason);
                break;
            case IkeSaHappened { Event: StateChanged { From: IkeSaState.InitAnswered or IkeSaState.AuthRequested, Reason: { } reason } refused } ended when IsAboutAuthentication(reason):
                Face stranger = FaceOf(ended.IkeSa);
                _log.AuthenticationFailed(ended.IkeSa, stranger.Peer, refused.ClaimedIdentity is { } claimed ? Printable.Text(claimed) : stranger.PeerId, reason);
                break;
            case Reconfigured changed:
                _log.ConfigurationChanged(string.Join(", ", changed.Unloaded), string.Join(", ", changed.Loaded), changed.HasOtherSecrets ? "changed" : "unchanged");
                break;
            case ChildSaStateChanged { To: ChildSaState.Installed } up:
                TellChildUp(up);
                break;
            case ChildSaStateChanged { From: ChildSaState.Installed or ChildSaState.Rekeyed, To: not (ChildSaState.Installed or ChildSaState.Rekeyed) } down:
                _log.ChildSaDown(down.Child, down.IkeSa, down.InboundSpi, down.OutboundSpi);
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private static bool IsAboutAuthentication(EndReason reason) => reason
        is EndReason.PeerNotAuthenticated or EndReason.AuthenticationFailed or EndReason.NoSharedKey or EndReason.NoCertificate or EndReason.NoConnection;

    private void TellDown(IkeSaName ikeSa, EndReason reason)
    {
        Face face = FaceOf(ikeSa);
        _log.IkeSaDown(ikeSa, face.Peer, face.PeerId, reason);
    }

    private void TellChildUp(ChildSaStateChanged up)
    {
        Face face = FaceOf(up.IkeSa);
        ChildSaDetails? details = face.Children.FirstOrDefault(child => child.Number == up.Child.Number)?.Details;
        _log.ChildSaUp(
            up.Child, up.IkeSa, face.Peer, face.PeerId, up.InboundSpi, up.OutboundSpi,
            details is null ? "" : string.Join(", ", details.Local), details is null ? "" : string.Join(", ", details.Remote));
    }

    private Face FaceOf(IkeSaName ikeSa) => Face.Of(Volatile.Read(ref _node)?.Find(ikeSa.Session));

    /// <summary>What is known of both ends; the peer's own words are escaped.</summary>
    private sealed record Face(string Local, string LocalId, string Peer, string PeerId, bool IsInitiator, IReadOnlyList<ChildSaSnapshot> Children)
    {
        public static Face Of(IkeSaSnapshot? ikeSa) => new(
            Text(ikeSa?.Local), Printable.Text(ikeSa?.LocalIdentity ?? "%any"), Text(ikeSa?.Remote), Printable.Text(ikeSa?.RemoteIdentity ?? "%any"),
            ikeSa?.IsInitiator ?? false, ikeSa?.Children ?? []);

        private static string Text(IPEndPoint? endpoint) => endpoint?.ToString() ?? "%any";
    }
}
