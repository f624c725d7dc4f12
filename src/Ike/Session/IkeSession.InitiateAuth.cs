using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>IKE_AUTH as initiator (RFC 7296 §1.2, §2.15, §2.21.2): the responder is authenticated first, then its answer is acted upon.</summary>
public sealed partial class IkeSession
{
    private void StartAuth()
    {
        ChildConfig? first = _wanted.Concat(_asked.Keys).Select(name => _connection!.Children.FirstOrDefault(c => c.Name == name)).FirstOrDefault(c => c is not null);
        if (first is null)
        {
            GoOnChildless();
            return;
        }

        Child child = AddChild(first, isInitiator: true, ExchangeType.IkeAuth, rekeyOf: null);
        _effects.Add(new TellChild(child.Plan.ChildId, new ReserveSpi(Path!.Local.Address, Path.Remote.Address)));
    }

    private void SendAuth(Child? child)
    {
        LocalIdentity = IdentifyOurselves(hint: null);
        Identity? expected = _connection!.Remote.Id?.Exact;
        bool signs = _connection.Local.Kind == AuthKind.PublicKey;
        OwnProof? proof = signs ? ProveBySignature(PayloadType.IdentificationInitiator) : ProveBySharedKey(expected);
        if (proof is null)
        {
            Finish(Trigger.Refused, signs ? EndReason.NoCertificate : EndReason.NoSharedKey);
            return;
        }

        List<Payload> payloads = [proof.Id, .. proof.Certificates, .. CertificateRequests([_connection])];
        if (expected is not null) payloads.Add(IdPayload.Create(PayloadType.IdentificationResponder, expected));
        payloads.Add(proof.Auth);
        // RFC 6290 §4.2: beside AUTH.
        payloads.AddRange(CrashTokenPayload(_sa));
        payloads.AddRange(ConfigurationRequest());
        if (child is not null) payloads.AddRange(OfferPayloads(child));
        // RFC 7296 §2.4: not from who may be there several times with this identity.
        if (_initialContact && _connection.Unique != UniquePolicy.Never) payloads.Add(new NotifyPayload(NotifyType.InitialContact));
        payloads.AddRange(MobikePayloads(_connection.Mobike));
        payloads.AddRange(SynchronizationPayload(_context.SynchronizesMessageIds));
        SendProtected(_sa, new AuthRequest(child?.Plan.ChildId), payloads);
    }

    private OwnProof? ProveBySharedKey(Identity? expected)
    {
        Identity asked = expected ?? Identity.FromAddress(Path!.Remote.Address);
        SharedKeyConfig? key = CredentialLookup.FindSharedKey(_context.Config.SharedKeys, LocalIdentity!, asked);
        // Whom we will meet is not known yet: a key of ours has to do, and the responder's identity is held against it later.
        if (expected is null) key ??= CredentialLookup.FindSharedKey(_context.Config.SharedKeys, LocalIdentity!, null);
        if (key is not null) return ProveBySharedKey(PayloadType.IdentificationInitiator, key);
        Say(LogTag.Cfg, Severity.Error, $"no shared key found for '{LocalIdentity}' - '{asked}'");
        return null;
    }

    private void OnAuthResponse(AuthRequest request, IkeMessage message)
    {
        AuthPayload? auth = message.Find<AuthPayload>();
        IdPayload? idr = message.Find<IdPayload>(PayloadType.IdentificationResponder);
        // RFC 7296 §2.21.2: these three end the IKE SA, whatever stands beside them.
        NotifyPayload? fatal = message.Notifies.FirstOrDefault(
            n => n.NotifyType is NotifyType.AuthenticationFailed or NotifyType.InvalidSyntax or NotifyType.UnsupportedCriticalPayload);
        if (fatal is not null || auth is null || idr is null)
        {
            RefusedBeforeAuthentication(fatal ?? message.FirstErrorNotify);
        }
        else
        {
            switch (Authenticate(message, auth, idr, request))
            {
                case AuthOutcome.Denied:
                    DenyResponder();
                    break;
                case AuthOutcome.Admitted:
                    AdmitResponder(request, message);
                    break;
            }
        }
    }

    private void AdmitResponder(AuthRequest request, IkeMessage message)
    {
        Child? child = request.ChildId is { } id && _children.TryGetValue(id, out Child? found) ? found : null;
        RemoteIdentity = message.Find<IdPayload>(PayloadType.IdentificationResponder)!.Identity;
        TakeCrashToken(_sa, message);
        AgreeOnMobike(message);
        NoteSynchronization(message);
        BecomeEstablished(replaceOthers: message.Notify(NotifyType.InitialContact) is not null);
        Write();
        Announce();
        TakeAddresses(message);
        if (message.FirstUnknownError is { } unknown) CloseWhatFailedEntirely(unknown);
        else if (FollowsAuthRedirect(message)) SendNext();
        else if (child is not null) CompleteFirstChild(child, message);
        else BringUpFurtherChildren();
        ForgetInit();
    }

    /// <summary>RFC 7296 §3.10.1: an error that we do not know means that the exchange has failed as a whole, though the peer's IKE SA may be up.</summary>
    private void CloseWhatFailedEntirely(NotifyPayload unknown)
    {
        Say(LogTag.Ike, Severity.Warning, $"received unknown notify error {unknown.NotifyType.RfcName()}: the IKE_SA is closed");
        BeginClose(EndReason.RefusedByPeer);
    }

    /// <summary>Both messages and nonces have served: an established IKE SA keeps no octet of IKE_SA_INIT.</summary>
    private void ForgetInit()
    {
        _init?.Dispose();
        _init = null;
    }

    /// <summary>
    /// RFC 7296 §2.21.2: the integrity check proves only that this is the party of IKE_SA_INIT; it cannot go on without AUTH, so neither can we.
    /// </summary>
    private void RefusedBeforeAuthentication(NotifyPayload? error)
    {
        if (error is not null) Say(LogTag.Ike, Severity.Warning, $"received {error.NotifyType.RfcName()} notify error");
        EndReason reason = error?.NotifyType == NotifyType.AuthenticationFailed ? EndReason.AuthenticationFailed : EndReason.RefusedByPeer;
        Finish(Trigger.Refused, reason);
    }

    /// <summary>RFC 7296 §2.21.2: the one error that an initiator may tell in an exchange of its own; then the IKE SA is gone.</summary>
    private void DenyResponder()
    {
        foreach (Child child in _children.Values) Remove(child, "the peer is not authenticated");
        _endReason = EndReason.PeerNotAuthenticated;
        MoveTo(Trigger.AuthenticationRefused);
        Enqueue(new NotifyRequest(NotifyType.AuthenticationFailed));
    }

    private void BecomeEstablished(bool replaceOthers)
    {
        MoveTo(Trigger.PeerAuthenticated);
        _isAuthenticated = true;
        Cancel(TimerKind.HalfOpen);
        _announcement = new AnnounceEstablished(LocalIdentity!, RemoteIdentity!, _connection!.Unique, ReplacesOthers(replaceOthers));
        StartLiveness();
        KeepMappingAlive();
        StartIkeLifetime();
    }

    private bool ReplacesOthers(bool isInitialContact) => _connection!.Unique switch
    {
        UniquePolicy.Replace => true,
        UniquePolicy.Never => false,
        _ => isInitialContact,
    };

    private void CompleteFirstChild(Child child, IkeMessage message)
    {
        if (!CompleteNegotiation(_sa, child, message, _init!.NonceInitiator, _init.NonceResponder)) BringUpFurtherChildren();
    }
}
