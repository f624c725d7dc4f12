using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Certificates;

/// <summary>A certificate of ours and its private key: what proves who we are. Owns neither.</summary>
internal sealed record OwnCertificate(X509Certificate2 Certificate, SigningKey Key)
{
    /// <summary>
    /// The first certificate of the connection, or without any the first of the gateway that confirms our identity, whose private key we have and whose
    /// signature the peer can verify; one that the peer's CERTREQ names comes before. Null: none.
    /// </summary>
    /// <param name="config">Keys, and certificates that complete chains.</param>
    /// <param name="local">Our side of the connection.</param>
    /// <param name="hashes">What the peer announced.</param>
    /// <param name="requested">What its CERTREQ holds.</param>
    public static OwnCertificate? Find(
        GatewayConfig config, AuthConfig local, IReadOnlyList<HashId> hashes, IReadOnlyList<ReadOnlyMemory<byte>> requested)
    {
        IEnumerable<X509Certificate2> candidates = local.Certificates.Count > 0
            ? local.Certificates
            : config.Certificates.Where(c => local.Id?.Exact is { } id && CertificateIdentity.Confirms(c, id));
        return candidates
            .Select(c => config.PrivateKeys.FirstOrDefault(k => k.IsKeyOf(c)) is { } key ? new OwnCertificate(c, key) : null)
            .OfType<OwnCertificate>()
            .Where(own => SignatureAuthentication.CanSign(own.Key, hashes, local.Signatures))
            .OrderByDescending(own => own.IsWanted(config, requested))
            .FirstOrDefault();
    }

    /// <summary>The identity to use: the configured one where the certificate confirms it, else the one that was asked for, else the subject.</summary>
    /// <param name="configured">May be absent.</param>
    /// <param name="hint">The IDr of the peer's request, if any.</param>
    public Identity Identify(Identity? configured, Identity? hint)
    {
        if (configured is not null && CertificateIdentity.Confirms(Certificate, configured)) return configured;
        return configured is null && hint is not null && CertificateIdentity.Confirms(Certificate, hint) ? hint : CertificateIdentity.Subject(Certificate);
    }

    /// <summary>Our certificate, then the intermediate ones; the root is the peer's to know (RFC 7296 §3.6).</summary>
    public IEnumerable<X509Certificate2> ToSend(GatewayConfig config) =>
        [Certificate, .. IssuerWalk.IssuersOf(Certificate, config).Where(c => !IssuerWalk.IsSelfIssued(c))];

    private bool IsWanted(GatewayConfig config, IReadOnlyList<ReadOnlyMemory<byte>> requested) =>
        requested.Count > 0 && IssuerWalk.IssuersOf(Certificate, config).Any(issuer =>
        {
            byte[] hash = AuthorityHashes.Of(issuer);
            return requested.Any(r => r.Span.SequenceEqual(hash));
        });
}
