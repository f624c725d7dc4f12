using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Ike.Certificates;

/// <summary>Follows issuers by name and key identifier through what the gateway knows. It judges nothing: it finds what to send and for whom.</summary>
internal static class IssuerWalk
{
    private const int LongestChain = 8;
    private const string AuthorityKeyIdentifier = "2.5.29.35";
    private const string SubjectKeyIdentifier = "2.5.29.14";

    /// <summary>The issuers of a certificate, the nearest first, as far as they are known; the root, where it is known, is the last.</summary>
    public static IReadOnlyList<X509Certificate2> IssuersOf(X509Certificate2 certificate, GatewayConfig config)
    {
        List<X509Certificate2> chain = [];
        X509Certificate2 current = certificate;
        while (chain.Count < LongestChain && !IsSelfIssued(current))
        {
            X509Certificate2? issuer = config.Certificates.Concat(config.TrustedAuthorities).FirstOrDefault(c => MayHaveIssued(c, current));
            if (issuer is null || chain.Contains(issuer)) break;
            chain.Add(issuer);
            current = issuer;
        }

        return chain;
    }

    public static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static bool MayHaveIssued(X509Certificate2 candidate, X509Certificate2 certificate)
    {
        if (!candidate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)) return false;
        // RFC 5280 §4.2.1.1: where both say which key, it must be the same.
        return certificate.Extensions[AuthorityKeyIdentifier] is not X509AuthorityKeyIdentifierExtension { KeyIdentifier: { } wanted }
            || candidate.Extensions[SubjectKeyIdentifier] is not X509SubjectKeyIdentifierExtension { SubjectKeyIdentifierBytes: var given }
            || wanted.Span.SequenceEqual(given.Span);
    }
}
