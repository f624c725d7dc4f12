using Concentrator.Ike.Configuration;
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
        _claimedIdentity = idi.Identity;
        NoteSignatureWishes(message);
        AuthPayload? auth = message.Find<AuthPayload>();
        if (auth is null || !SelectConnection(idi, message.Find<IdPayload>(PayloadType.IdentificationResponder), auth))
        {
            DenyInitiator();
            return;
        }

        switch (Authenticate(message, auth, idi, request: null))
        {
            case AuthOutcome.Denied:
                DenyInitiator();
                break;
            case AuthOutcome.Admitted:
                AdmitInitiator(message);
                break;
        }
    }

    /// <summary>RFC 7296 §2.21.2: whatever failed, the peer learns no more than this, and nothing else is in the response.</summary>
    private void DenyInitiator(EndReason reason = EndReason.PeerNotAuthenticated)
    {
        Respond([new NotifyPayload(NotifyType.AuthenticationFailed)]);
        Bury(Trigger.AuthenticationRefused, reason);
    }

    private void AdmitInitiator(IkeMessage message)
    {
        RemoteIdentity = message.Find<IdPayload>(PayloadType.IdentificationInitiator)!.Identity;
        bool signs = _connection!.Local.Kind == AuthKind.PublicKey;
        if ((signs ? ProveBySignature(PayloadType.IdentificationResponder) : ProveToInitiatorBySharedKey()) is not { } proof)
        {
            DenyInitiator(signs ? EndReason.NoCertificate : EndReason.NoSharedKey);
            return;
        }

        if (_connection.Mobike && IsUnexpectedNat(message))
        {
            Respond([new NotifyPayload(NotifyType.UnexpectedNatDetected)]);
            Bury(Trigger.AuthenticationRefused, EndReason.UnexpectedNat);
            return;
        }

        if (!AsksForLease(message, proof)) CompleteAdmission(message, proof, configuration: null);
    }

    /// <summary><paramref name="configuration"/>: what the peer's request for addresses is answered with, if there was one.</summary>
    private void CompleteAdmission(IkeMessage message, OwnProof proof, Payload? configuration)
    {
        AgreeOnMobike(message);
        TakeCrashToken(_sa, message);
        NoteSynchronization(message);
        BecomeEstablished(replaceOthers: message.Notify(NotifyType.InitialContact) is not null);
        List<Payload> payloads = [proof.Id, .. proof.Certificates, proof.Auth];
        if (configuration is not null) payloads.Add(configuration);
        AnswerFirstChild(message, [.. payloads, .. CrashTokenPayload(_sa), .. MobikePayloads(_mobike), .. SynchronizationPayload(_peerSynchronizes)], configuration is NotifyPayload);
        ForgetInit();
    }

    /// <summary>
    /// The connection whose remote id fits, that would have made the same choice of algorithms, and whose peer proves itself as this one does.
    /// </summary>
    private bool SelectConnection(IdPayload idi, IdPayload? hint, AuthPayload auth)
    {
        AuthKind kind = auth.Method == AuthMethod.SharedKeyMic ? AuthKind.PreSharedKey : AuthKind.PublicKey;
        var consistent = _candidates.Where(c => ProposalSelection.Allows(c.Proposals, _sa.Suite!)).ToList();
        _connection = ConnectionLookup.FindForAuth([.. consistent.Where(c => c.Remote.Kind == kind)], idi.Identity, hint?.Identity)
            ?? ConnectionLookup.FindForAuth(consistent, idi.Identity, hint?.Identity);
        if (_connection is null)
        {
            Say(LogTag.Cfg, Severity.Warning, $"no connection found for '{idi.Identity}'{(hint is null ? "" : $" - '{hint.Identity}'")}");
            return false;
        }

        LocalIdentity = IdentifyOurselves(hint?.Identity);
        return true;
    }

    private OwnProof? ProveToInitiatorBySharedKey()
    {
        if (CredentialLookup.FindSharedKey(_context.Config.SharedKeys, LocalIdentity!, RemoteIdentity!) is { } key)
            return ProveBySharedKey(PayloadType.IdentificationResponder, key);
        Say(LogTag.Cfg, Severity.Error, $"no shared key found for '{LocalIdentity}' - '{RemoteIdentity}'");
        return null;
    }

    private void AnswerFirstChild(IkeMessage message, List<Payload> proof, bool isWithoutAddress)
    {
        if (Elsewhere() is { } gateway)
        {
            // RFC 5685 §6: without a child.
            Respond([.. proof, new NotifyPayload(NotifyType.Redirect, gateway.Write(default))]);
            AwaitLeaving();
            return;
        }

        if (message.Find<SaPayload>() is null || isWithoutAddress)
        {
            // RFC 6023: an IKE SA without a child; RFC 7296 §3.15.4: no child where no address could be given.
            Respond(proof);
        }
        else if (Negotiate(message, ExchangeType.IkeAuth, rekeyed: null, out ChildOffer? offer) is { } refusal)
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
