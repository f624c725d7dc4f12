using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>IKE_AUTH as responder (RFC 7296 §1.2, §2.15, §2.21.2).</summary>
public sealed partial class IkeSession
{
    private void AnswerAuth(IkeMessage message)
    {
        IdPayload idi = message.Find<IdPayload>(PayloadType.IdentificationInitiator)!;
        Path = _answering!.Path;
        if (!SelectConnection(idi, message.Find<IdPayload>(PayloadType.IdentificationResponder))
            || message.Find<AuthPayload>() is not { } auth
            || !Authenticates(auth, idi))
        {
            // RFC 7296 §2.21.2: whatever failed, the peer learns no more than this, and nothing else is in the response.
            Respond([new NotifyPayload(NotifyType.AuthenticationFailed)]);
            Bury(Trigger.AuthenticationRefused, EndReason.PeerNotAuthenticated);
            return;
        }

        RemoteIdentity = idi.Identity;
        List<Payload>? proof = ProveOurselves();
        if (proof is null)
        {
            Respond([new NotifyPayload(NotifyType.AuthenticationFailed)]);
            Bury(Trigger.AuthenticationRefused, EndReason.NoSharedKey);
            return;
        }

        BecomeEstablished(replaceOthers: message.Notify(NotifyType.InitialContact) is not null);
        AnswerFirstChild(message, proof);
        ForgetInit();
    }

    /// <summary>The connection whose remote id fits, and that would have made the same choice of algorithms.</summary>
    private bool SelectConnection(IdPayload idi, IdPayload? hint)
    {
        var consistent = _candidates.Where(c => ProposalSelection.Allows(c.Proposals, _sa.Suite!)).ToList();
        _connection = ConnectionLookup.FindForAuth(consistent, idi.Identity, hint?.Identity);
        if (_connection is null)
        {
            Say(LogTag.Cfg, Severity.Warning, $"no connection found for '{idi.Identity}'{(hint is null ? "" : $" - '{hint.Identity}'")}");
            return false;
        }

        // RFC 7296 §1.2: IDr in the request is a hint among our identities, not an order.
        LocalIdentity = _connection.Local.Id?.Exact ?? hint?.Identity ?? Identity.FromAddress(Path!.Local.Address);
        return true;
    }

    private List<Payload>? ProveOurselves()
    {
        IdPayload idr = IdPayload.Create(PayloadType.IdentificationResponder, LocalIdentity!);
        if (CredentialLookup.FindSharedKey(_context.Config.SharedKeys, LocalIdentity!, RemoteIdentity!) is not { } key) return null;
        byte[] auth = PskAuthentication.Sign(
            _sa.Suite!.Prf, key.Key.Span, _init!.ResponseBytes, _init.NonceInitiator, _sa.Keys!.Pr.Span, idr.Body.Span);
        return [idr, new AuthPayload(AuthMethod.SharedKeyMic, auth)];
    }

    private void AnswerFirstChild(IkeMessage message, List<Payload> proof)
    {
        if (message.Find<SaPayload>() is null)
        {
            // RFC 6023: an IKE SA without a child.
            Respond(proof);
        }
        else if (Negotiate(message, ExchangeType.IkeAuth, out ChildOffer? offer) is { } refusal)
        {
            // RFC 7296 §1.2: the child fails, the IKE SA does not; IDr and AUTH stay in the response.
            Respond([.. proof, refusal]);
        }
        else
        {
            BeginAnswer(offer!, proof, ExchangeType.IkeAuth, rekeyOf: null, _init!.NonceInitiator, _init.NonceResponder, shared: null);
        }
    }
}
