using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Crypto;

namespace Concentrator.Ike.Configuration;

/// <summary>All that is configured: immutable, checked, resolved.</summary>
public sealed partial record GatewayConfig(IReadOnlyList<ConnectionConfig> Connections, IReadOnlyList<SharedKeyConfig> SharedKeys)
{
    /// <summary>Our private keys; a certificate finds its own by the public key.</summary>
    public IReadOnlyList<SigningKey> PrivateKeys { get; init; } = [];

    /// <summary>Certificates of the folder <c>x509</c>: intermediate ones complete our chains.</summary>
    public IReadOnlyList<X509Certificate2> Certificates { get; init; } = [];

    /// <summary>Where addresses inside the tunnel come from.</summary>
    public IReadOnlyList<PoolConfig> Pools { get; init; } = [];

    /// <summary>Zeroes and releases all keys: for their owner, when nobody uses them any more.</summary>
    public void DisposeSecrets()
    {
        foreach (IDisposable secret in Secrets) secret.Dispose();
    }

    /// <summary>Trusted authorities of the folder <c>x509ca</c>.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>Trusted authorities that have a section of their own.</summary>
    public IReadOnlyList<AuthorityConfig> NamedAuthorities { get; init; } = [];

    /// <summary>Whom we trust, wherever it is said.</summary>
    public IEnumerable<X509Certificate2> TrustedAuthorities => Authorities.Concat(NamedAuthorities.Select(a => a.Certificate));

    /// <summary>Revocation lists of the folder <c>x509crl</c>.</summary>
    public IReadOnlyList<RevocationList> RevocationLists { get; init; } = [];
}
