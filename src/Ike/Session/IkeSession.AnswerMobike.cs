using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>INFORMATIONAL requests of a peer that does MOBIKE: its new addresses are judged, proven, and then the SAs follow (RFC 4555 §3.5 to §3.9).</summary>
public sealed partial class IkeSession
{
    /// <summary>Where the request that is being answered moves the SAs; null: nowhere.</summary>
    private IkePath? _acceptedUpdate;

    /// <summary>What goes into the response.</summary>
    private List<Payload> AnswerMobike(IkeMessage message)
    {
        _acceptedUpdate = null;
        if (!_mobike || _answering!.Sa != _sa) return [];
        IkePath path = _answering.Path;
        List<Payload> answer = [];
        if (message.Notify(NotifyType.UpdateSaAddresses) is not null || message.Notify(NotifyType.NoNatsAllowed) is not null)
        {
            if (JudgeUpdate(message, path) is { } refusal) answer.Add(new NotifyPayload(refusal));
            // RFC 4555 §3.5: it is for the side that set up the IKE SA to say where the SAs are.
            else if (!IsInitiator && message.Notify(NotifyType.UpdateSaAddresses) is not null) _acceptedUpdate = path;
        }

        // RFC 4555 §3.8: whoever asks for our view of the addresses gets it, and nothing else follows from that.
        if (HasNatDetection(message)) answer.AddRange(NatDetectionPayloads(path));
        if (message.Notify(NotifyType.Cookie2) is { Data.Length: >= 8 and <= 64 } cookie) answer.Add(new NotifyPayload(NotifyType.Cookie2, cookie.Data.ToArray()));
        return answer;
    }

    private NotifyType? JudgeUpdate(IkeMessage message, IkePath path)
    {
        if (IsUnexpectedNat(message))
        {
            Say(LogTag.Ike, Severity.Warning, "the peer wants no NAT between us, and there is one");
            return NotifyType.UnexpectedNatDetected;
        }

        // RFC 7296 §2.23: the SAs could not follow to where ESP needs UDP and the port is not for it.
        if (!path.NonEspMarker && (PretendsNat || NatsBetween(message, path) is { Peer: true } or { We: true }))
        {
            Say(LogTag.Ike, Severity.Warning, "ESP would have to travel in UDP, and the peer has moved on port 500, which is for IKE alone");
            return NotifyType.UnacceptableAddresses;
        }

        if (_connection!.AllowsRemote(path.Remote.Address) && _connection.AllowsLocal(path.Local.Address)) return null;
        Say(LogTag.Ike, Severity.Warning, $"the configuration does not let the peer go to {Text(path)}");
        return NotifyType.UnacceptableAddresses;
    }

    /// <summary>After the response. The peer's new address has to be proven before traffic goes there, for it could be anybody's (RFC 4555 §3.7).</summary>
    private void ActOnUpdate(IkeMessage message)
    {
        if (!_mobike || State != IkeSaState.Established || _answering!.Sa != _sa) return;
        bool isList = NotePeerAddresses(message);
        if (_acceptedUpdate is { } path)
        {
            _acceptedUpdate = null;
            FollowUpdate(message, path);
        }
        else if (isList && IsInitiator)
        {
            RoamFromLostAddress(_answering.Path.Remote.Address);
        }
    }

    private void FollowUpdate(IkeMessage message, IkePath path)
    {
        IkePath before = Path!;
        if (HasNatDetection(message)) DetectNat(message, path);
        if (before != path) Say(LogTag.Ike, Severity.Info, $"the peer has moved: {Text(before)} => {Text(path)}");
        bool isProven = before.Remote.Address.Equals(path.Remote.Address) && _espPath is null;
        Path = path;
        if (isProven || !_context.ReturnRoutability)
        {
            TakeSasAlong();
            return;
        }

        _espPath ??= before;
        KeepMappingAlive();
        EnqueueFirst(new RoutabilityRequest(path, DrawCookie()));
    }

    /// <summary>Null when the peer has moved again since.</summary>
    private List<Payload>? RoutabilityPayloads(RoutabilityRequest request) =>
        request.Claimed == Path ? [new NotifyPayload(NotifyType.Cookie2, request.Cookie)] : null;

    private void OnRoutabilityResponse(RoutabilityRequest request, IkeMessage message)
    {
        if (State != IkeSaState.Established || !IsCookieReturned(message, request.Cookie) || request.Claimed != Path) return;
        Say(LogTag.Ike, Severity.Info, $"the peer answers from {Text(Path.Remote)}: the SAs follow");
        TakeSasAlong();
    }
}
