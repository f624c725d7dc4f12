using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>How we prove who we are in IKE_AUTH, by shared key or by signature (RFC 7296 §2.15), and what both sides say of signatures beforehand.</summary>
public sealed partial class IkeSession
{
    /// <summary>Octets of certificates that fit into the fragments that a message may have, even into the smallest, with 2 KiB for everything else.</summary>
    private const int MostCertificateOctets = MostToCutSmaller - 2048;

    /// <summary>For IKE_SA_INIT, as either side (RFC 7427 §4).</summary>
    private static NotifyPayload SignatureHashesPayload() => new(NotifyType.SignatureHashAlgorithms, SignatureHashes.Write(SignatureHashes.Ours));

    /// <summary>What an IKE_SA_INIT message, or as responder an IKE_AUTH request too, says of the signatures and certificates that the peer wants.</summary>
    private void NoteSignatureWishes(IkeMessage message)
    {
        if (message.Notify(NotifyType.SignatureHashAlgorithms) is { } hashes) _init!.PeerHashes = SignatureHashes.Read(hashes.Data.Span);
        IReadOnlyList<ReadOnlyMemory<byte>> requested = AuthorityHashes.Read(message, out bool asked);
        if (!asked) return;
        _init!.PeerWantsCertificates = true;
        _init.RequestedAuthorities = requested;
    }

    /// <summary>RFC 7296 §3.7: CERTREQ for all whom a peer of these connections may have its certificate from; none where no peer needs one.</summary>
    private IEnumerable<Payload> CertificateRequests(IEnumerable<ConnectionConfig> connections)
    {
        IEnumerable<X509Certificate2> authorities = connections
            .Where(c => c.SendCertificateRequest && c.Remote.Kind == AuthKind.PublicKey)
            .SelectMany(c => c.Remote.Authorities.Count > 0 ? c.Remote.Authorities : _context.Config.TrustedAuthorities);
        return AuthorityHashes.Request(authorities) is { } request ? [request] : [];
    }

    /// <summary>Who we are to this peer, and with signatures which certificate says so.</summary>
    private Identity IdentifyOurselves(Identity? hint)
    {
        AuthConfig local = _connection!.Local;
        Identity? configured = local.Id?.Exact;
        if (local.Kind == AuthKind.PublicKey)
        {
            _init!.OwnCertificate = OwnCertificate.Find(_context.Config, local, _init.PeerHashes, _init.RequestedAuthorities);
            if (_init.OwnCertificate?.Identify(configured, hint) is { } identity)
            {
                if (configured is not null && !configured.Equals(identity))
                    Say(LogTag.Cfg, Severity.Warning, $"id '{configured}' is not confirmed by our certificate, '{identity}' is used");
                return identity;
            }
        }

        // RFC 7296 §1.2: IDr in the request is a hint among our identities, not an order.
        return configured ?? hint ?? Identity.FromAddress(Path!.Local.Address);
    }

    /// <summary>Null when we cannot; the reason is said.</summary>
    private OwnProof? ProveBySignature(PayloadType idType)
    {
        IdPayload id = IdPayload.Create(idType, LocalIdentity!);
        SignatureConstraints allowed = _connection!.Local.Signatures;
        if (_init!.OwnCertificate is not { } own || SignatureAuthentication.Sign(own.Key, _init.PeerHashes, OwnSignedOctets(id), allowed) is not { } signed)
        {
            Say(LogTag.Cfg, Severity.Error, $"no certificate with a private key, for a signature that the peer verifies and '{allowed}' allows, found for '{LocalIdentity}'");
            return null;
        }

        List<CertPayload> certificates = [.. CertificatesToSend(own)];
        int octets = certificates.Sum(c => c.Data.Length);
        if (octets > MostCertificateOctets)
        {
            Say(LogTag.Cfg, Severity.Error, $"our {certificates.Count} certificates for '{LocalIdentity}' have {octets} octets, more than the {MostCertificateOctets} that IKE_AUTH carries");
            return null;
        }

        Say(LogTag.Ike, Severity.Info, $"authentication of '{LocalIdentity}' (myself) with {signed.Scheme} successful");
        return new OwnProof(id, certificates, new AuthPayload(signed.Method, signed.Data));
    }

    private IEnumerable<CertPayload> CertificatesToSend(OwnCertificate own)
    {
        bool send = _connection!.SendCertificate switch
        {
            SendCertificatePolicy.Always => true,
            SendCertificatePolicy.Never => false,
            _ => _init!.PeerWantsCertificates,
        };
        if (!send) yield break;
        foreach (X509Certificate2 certificate in own.ToSend(_context.Config))
        {
            Say(LogTag.Ike, Severity.Debug, $"sending certificate '{CertificateIdentity.Subject(certificate)}'");
            yield return new CertPayload(PayloadType.Certificate, (byte)CertificateEncoding.X509Signature, certificate.RawDataMemory);
        }
    }

    private OwnProof ProveBySharedKey(PayloadType idType, SharedKeyConfig key)
    {
        IdPayload id = IdPayload.Create(idType, LocalIdentity!);
        (byte[] message, byte[] nonce, Secret p) = OwnAuthInput();
        byte[] auth = PskAuthentication.Sign(_sa.Suite!.Prf, key.Key.Span, message, nonce, p.Span, id.Body.Span);
        return new OwnProof(id, [], new AuthPayload(AuthMethod.SharedKeyMic, auth));
    }

    private byte[] OwnSignedOctets(IdPayload id)
    {
        (byte[] message, byte[] nonce, Secret p) = OwnAuthInput();
        return SignedOctets.Of(_sa.Suite!.Prf, message, nonce, p.Span, id.Body.Span);
    }

    /// <summary>Our IKE_SA_INIT message, the peer's nonce, our SK_p.</summary>
    private (byte[] Message, byte[] Nonce, Secret P) OwnAuthInput() => IsInitiator
        ? (_init!.RequestBytes, _init.NonceResponder, _sa.Keys!.Pi)
        : (_init!.ResponseBytes, _init.NonceInitiator, _sa.Keys!.Pr);

    /// <summary>The peer's IKE_SA_INIT message, our nonce, its SK_p.</summary>
    private (byte[] Message, byte[] Nonce, Secret P) PeerAuthInput() => IsInitiator
        ? (_init!.ResponseBytes, _init.NonceInitiator, _sa.Keys!.Pr)
        : (_init!.RequestBytes, _init.NonceResponder, _sa.Keys!.Pi);

    /// <summary>ID, CERT and AUTH of an IKE_AUTH message; the request has others between them.</summary>
    private sealed record OwnProof(IdPayload Id, IReadOnlyList<Payload> Certificates, AuthPayload Auth);
}
