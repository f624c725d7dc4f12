using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Certificates;

/// <summary>The authorities that a peer's chain may end in. Those of one configuration; immutable.</summary>
internal sealed class TrustAnchors(GatewayConfig gateway)
{
    /// <summary>Those of the connection, or without any those of the gateway.</summary>
    public IReadOnlyList<X509Certificate2> For(AuthConfig remote) => remote.Authorities.Count > 0 ? remote.Authorities : [.. gateway.TrustedAuthorities];

    /// <summary>Self-signed ones that a chain may run up to; that it passes an anchor on its way is asked apart.</summary>
    public X509Certificate2Collection Roots(AuthConfig remote) => [.. Known(remote).Where(IsSelfIssued)];

    /// <summary>What may stand between.</summary>
    public X509Certificate2Collection Intermediates(AuthConfig remote) => [.. Known(remote).Where(c => !IsSelfIssued(c)), .. gateway.Certificates];

    private IEnumerable<X509Certificate2> Known(AuthConfig remote) => remote.Authorities.Concat(gateway.TrustedAuthorities);

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
