using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>IKE_AUTH as initiator (RFC 7296 §1.2, §2.15, §2.21.2): the responder is authenticated first, then its answer is acted upon.</summary>
public sealed partial class IkeSession
{
    private void StartAuth()
    {
        ChildConfig? first = _wanted.Select(name => _connection!.Children.FirstOrDefault(c => c.Name == name)).FirstOrDefault(c => c is not null);
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
        LocalIdentity = _connection!.Local.Id?.Exact ?? Identity.FromAddress(Path!.Local.Address);
        Identity? expected = _connection.Remote.Id?.Exact;
        Identity asked = expected ?? Identity.FromAddress(Path!.Remote.Address);
        SharedKeyConfig? key = CredentialLookup.FindSharedKey(_context.Config.SharedKeys, LocalIdentity, asked);
        // Whom we will meet is not known yet: a key of ours has to do, and the responder's identity is held against it later.
        if (expected is null) key ??= CredentialLookup.FindSharedKey(_context.Config.SharedKeys, LocalIdentity, null);
        if (key is null)
        {
            Say(LogTag.Cfg, Severity.Error, $"no shared key found for '{LocalIdentity}' - '{asked}'");
            Finish(Trigger.Refused, EndReason.NoSharedKey);
            return;
        }

        IdPayload idi = IdPayload.Create(PayloadType.IdentificationInitiator, LocalIdentity);
        byte[] auth = PskAuthentication.Sign(
            _sa.Suite!.Prf, key.Key.Span, _init!.RequestBytes, _init.NonceResponder, _sa.Keys!.Pi.Span, idi.Body.Span);
        List<Payload> payloads = [idi];
        if (expected is not null) payloads.Add(IdPayload.Create(PayloadType.IdentificationResponder, expected));
        payloads.Add(new AuthPayload(AuthMethod.SharedKeyMic, auth));
        if (child is not null) payloads.AddRange(OfferPayloads(child));
        if (_initialContact) payloads.Add(new NotifyPayload(NotifyType.InitialContact));
        SendProtected(_sa, new AuthRequest(child?.Plan.ChildId), payloads);
    }

    private void OnAuthResponse(AuthRequest request, IkeMessage message)
    {
        Child? child = request.ChildId is { } id && _children.TryGetValue(id, out Child? found) ? found : null;
        AuthPayload? auth = message.Find<AuthPayload>();
        IdPayload? idr = message.Find<IdPayload>(PayloadType.IdentificationResponder);
        if (auth is null || idr is null)
        {
            RefusedBeforeAuthentication(message.FirstErrorNotify);
        }
        else if (!Authenticates(auth, idr))
        {
            DenyResponder();
        }
        else
        {
            RemoteIdentity = idr.Identity;
            BecomeEstablished(replaceOthers: message.Notify(NotifyType.InitialContact) is not null);
            if (child is not null) CompleteFirstChild(child, message);
            else BringUpFurtherChildren();
            ForgetInit();
        }
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

    private bool Authenticates(AuthPayload auth, IdPayload id)
    {
        if (_connection!.Remote.Id is { } pattern && !pattern.Matches(id.Identity))
        {
            Say(LogTag.Ike, Severity.Warning, $"'{id.Identity}' does not match the configured remote id '{pattern}'");
            return false;
        }

        if (auth.Method != AuthMethod.SharedKeyMic)
        {
            Say(LogTag.Ike, Severity.Warning, $"authentication method {(byte)auth.Method} of '{id.Identity}' is not pre-shared key");
            return false;
        }

        if (CredentialLookup.FindSharedKey(_context.Config.SharedKeys, LocalIdentity!, id.Identity) is not { } key)
        {
            Say(LogTag.Ike, Severity.Warning, $"no shared key found for '{LocalIdentity}' - '{id.Identity}'");
            return false;
        }

        (byte[] signed, byte[] nonce, Secret p) = IsInitiator
            ? (_init!.ResponseBytes, _init.NonceInitiator, _sa.Keys!.Pr)
            : (_init!.RequestBytes, _init.NonceResponder, _sa.Keys!.Pi);
        bool fits = PskAuthentication.Verify(_sa.Suite!.Prf, key.Key.Span, signed, nonce, p.Span, id.Body.Span, auth.Data.Span);
        Say(LogTag.Ike, fits ? Severity.Info : Severity.Warning, fits
            ? $"authentication of '{id.Identity}' with pre-shared key successful"
            : $"tried shared key for '{LocalIdentity}' - '{id.Identity}', but MAC mismatched");
        return fits;
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
        Cancel(TimerKind.HalfOpen);
        bool replaces = _connection!.Unique switch
        {
            UniquePolicy.Replace => true,
            UniquePolicy.Never => false,
            _ => replaceOthers,
        };
        _effects.Add(new AnnounceEstablished(LocalIdentity!, RemoteIdentity!, _connection.Unique, replaces));
        StartLiveness();
        StartIkeLifetime();
    }

    private void CompleteFirstChild(Child child, IkeMessage message)
    {
        if (!CompleteNegotiation(_sa, child, message, _init!.NonceInitiator, _init.NonceResponder)) BringUpFurtherChildren();
    }
}
