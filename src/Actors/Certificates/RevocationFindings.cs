using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Certificates;

internal enum Standing
{
    Unknown,
    Good,
    Revoked,
}

/// <summary>What is known of the revocation of each certificate of a trusted chain but the last, which nobody can revoke. Borrows the certificates.</summary>
internal sealed class RevocationFindings(IReadOnlyList<X509Certificate2> path, IReadOnlyList<AuthorityConfig> authorities)
{
    private readonly Standing[] _standings = new Standing[Math.Max(path.Count - 1, 0)];
    private readonly RevocationServers[] _servers = [.. path.Zip(path.Skip(1), (certificate, issuer) => new RevocationServers(certificate, authorities.Where(authority => IsSame(authority.Certificate, issuer))))];

    /// <summary>Nobody needs to ask further: one is revoked, or no server is named by those of which nothing is known.</summary>
    public bool AreFinal => _standings.Contains(Standing.Revoked) || !OpenWithServers.Any();

    /// <summary>Where in the chain the certificates stand of which nothing is known.</summary>
    public IEnumerable<int> Open => Enumerable.Range(0, _standings.Length).Where(i => _standings[i] == Standing.Unknown);

    /// <summary>Those of them for which somebody can be asked.</summary>
    public IEnumerable<int> OpenWithServers => Open.Where(i => _servers[i].AreNamed);

    public X509Certificate2 CertificateAt(int index) => path[index];

    public X509Certificate2 IssuerOf(int index) => path[index + 1];

    public RevocationServers ServersOf(int index) => _servers[index];

    public void Set(int index, Standing standing) => _standings[index] = standing;

    public RevocationVerdict ToVerdict() => new(
        First(Enumerable.Range(0, _standings.Length).Where(i => _standings[i] == Standing.Revoked)),
        First(OpenWithServers),
        First(Open.Except(OpenWithServers)));

    private static bool IsSame(X509Certificate2 one, X509Certificate2 other) => one.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);

    private string? First(IEnumerable<int> indices) => indices.Select(i => Names.Subject(path[i])).FirstOrDefault();
}
