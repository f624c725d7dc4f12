using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// How the peer proves who it is (RFC 7296 §2.15). A signature is checked at once, with the key of the certificate; whether that certificate is to be trusted
/// is asked outside, and until the answer comes nothing is answered and nothing is believed.
/// </summary>
public sealed partial class IkeSession
{
    private const int MostConnectionsTried = 8;

    private PendingPeer? _pendingPeer;

    private int _connectionsTried;

    private AuthOutcome Authenticate(IkeMessage message, AuthPayload auth, IdPayload id, AuthRequest? request)
    {
        if (_connection!.Remote.Id is { } pattern && !pattern.Matches(id.Identity))
            return Deny($"'{id.Identity}' does not match the configured remote id '{pattern}'");
        return _connection.Remote.Kind == AuthKind.PublicKey
            ? AuthenticateBySignature(message, auth, id, request)
            : AuthenticateBySharedKey(auth, id);
    }

    private AuthOutcome AuthenticateBySharedKey(AuthPayload auth, IdPayload id)
    {
        if (auth.Method != AuthMethod.SharedKeyMic)
            return Deny($"authentication method {(byte)auth.Method} of '{id.Identity}' is not pre-shared key");
        if (CredentialLookup.FindSharedKey(_context.Config.SharedKeys, LocalIdentity!, id.Identity) is not { } key)
            return Deny($"no shared key found for '{LocalIdentity}' - '{id.Identity}'");
        (byte[] signed, byte[] nonce, Secret p) = PeerAuthInput();
        if (!PskAuthentication.Verify(_sa.Suite!.Prf, key.Key.Span, signed, nonce, p.Span, id.Body.Span, auth.Data.Span))
            return Deny($"tried shared key for '{LocalIdentity}' - '{id.Identity}', but MAC mismatched");
        Say(LogTag.Ike, Severity.Info, $"authentication of '{id.Identity}' with pre-shared key successful");
        return AuthOutcome.Admitted;
    }

    private AuthOutcome AuthenticateBySignature(IkeMessage message, AuthPayload auth, IdPayload id, AuthRequest? request)
    {
        if (auth.Method == AuthMethod.SharedKeyMic)
            return Deny($"authentication method {(byte)auth.Method} of '{id.Identity}' is pre-shared key, not a signature");
        using PeerCertificates? sent = PeerCertificates.Read(message, out string? refusal);
        if (refusal is not null) return Deny($"certificates of '{id.Identity}' refused: {refusal}");
        X509Certificate2? endEntity = sent?.EndEntity
            ?? _connection!.Remote.Certificates.Concat(_context.Config.Certificates).FirstOrDefault(c => CertificateIdentity.Confirms(c, id.Identity));
        if (endEntity is null) return Deny($"'{id.Identity}' sent no certificate, and none is configured for it");

        string subject = CertificateIdentity.Subject(endEntity).ToString();
        if (!CertificateIdentity.Confirms(endEntity, id.Identity)) return Deny($"id '{id.Identity}' is not confirmed by its certificate '{subject}'");
        (byte[] signed, byte[] nonce, Secret p) = PeerAuthInput();
        byte[] octets = SignedOctets.Of(_sa.Suite!.Prf, signed, nonce, p.Span, id.Body.Span);
        SignatureVerdict verdict = SignatureAuthentication.Verify(endEntity, auth.Method, auth.Data.Span, octets, _connection!.Remote.Signatures);
        if (!verdict.IsGood) return Deny($"signature of '{id.Identity}' by '{subject}' refused: {verdict.Text}");

        _pendingPeer = new PendingPeer(message, request, id.Identity, verdict.Text);
        _effects.Add(new ValidateCertificates(
            new CertificateQuestion(sent?.Octets ?? [endEntity.RawDataMemory], id.Identity, _connection!.Remote)));
        // As responder the half-open timer runs already; as initiator nothing else would end the wait.
        if (IsInitiator) Arm(TimerKind.HalfOpen, _context.HalfOpenTimeout);
        return AuthOutcome.Awaited;
    }

    private void OnCertificatesJudged(CertificatesJudged judged)
    {
        if (_pendingPeer is not { } peer || State is not (IkeSaState.InitAnswered or IkeSaState.AuthRequested)) return;
        _pendingPeer = null;
        Cancel(TimerKind.HalfOpen);
        if (!judged.AreTrusted) Deny($"authentication of '{peer.Identity}' failed: {judged.Reason}");
        else Say(LogTag.Ike, Severity.Info, $"authentication of '{peer.Identity}' with {peer.Scheme} successful: {judged.Reason}");

        if (IsInitiator)
        {
            if (judged.AreTrusted) AdmitResponder(peer.Request!, peer.Message);
            else DenyResponder();
            SendNext();
        }
        else if (judged.AreTrusted)
        {
            AdmitInitiator(peer.Message);
        }
        else if (!TryNextConnection(peer.Message))
        {
            DenyInitiator();
        }
    }

    /// <summary>The same peer may be trusted under another connection, which has other authorities: as many are asked as there are trusts, within a bound.</summary>
    private bool TryNextConnection(IkeMessage message)
    {
        AuthConfig refused = _connection!.Remote;
        _candidates = [.. _candidates.Where(c => c.Remote.Kind == AuthKind.PublicKey && !c.Remote.TrustsLike(refused))];
        if (_connectionsTried++ >= MostConnectionsTried || message.Find<IdPayload>(PayloadType.IdentificationInitiator) is not { } id) return false;
        if (ConnectionLookup.FindForAuth(_candidates, id.Identity, null) is not { } next) return false;
        Say(LogTag.Cfg, Severity.Info, $"connection '{_connection.Name}' does not fit, trying '{next.Name}'");
        Arm(TimerKind.HalfOpen, _context.HalfOpenTimeout);
        AnswerAuth(message);
        return true;
    }

    private AuthOutcome Deny(string reason)
    {
        Say(LogTag.Ike, Severity.Warning, reason);
        return AuthOutcome.Denied;
    }

    private enum AuthOutcome
    {
        Denied,
        Admitted,

        /// <summary>The peer's certificates are being judged.</summary>
        Awaited,
    }

    /// <summary>A peer whose signature is good and whose certificates are being judged; the initiator's own request stays at hand for what follows.</summary>
    private sealed record PendingPeer(IkeMessage Message, AuthRequest? Request, Identity Identity, string Scheme);
}
