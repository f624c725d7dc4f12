using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Actors.Certificates;

internal enum Standing
{
    Unknown,
    Good,
    Revoked,
}

/// <summary>What is known of the revocation of each certificate of a trusted chain but the last, which nobody can revoke. Borrows the certificates.</summary>
internal sealed class RevocationFindings(IReadOnlyList<X509Certificate2> path)
{
    private readonly Standing[] _standings = new Standing[Math.Max(path.Count - 1, 0)];

    /// <summary>Nobody needs to ask further: one is revoked, or no server is named by those of which nothing is known.</summary>
    public bool AreFinal => _standings.Contains(Standing.Revoked) || !Open.Any(i => RevocationServers.AreNamedBy(path[i]));

    /// <summary>Where in the chain the certificates stand of which nothing is known.</summary>
    public IEnumerable<int> Open => Enumerable.Range(0, _standings.Length).Where(i => _standings[i] == Standing.Unknown);

    public X509Certificate2 CertificateAt(int index) => path[index];

    public X509Certificate2 IssuerOf(int index) => path[index + 1];

    public void Set(int index, Standing standing) => _standings[index] = standing;

    public RevocationVerdict ToVerdict() => new(
        First(Enumerable.Range(0, _standings.Length).Where(i => _standings[i] == Standing.Revoked)),
        First(Open.Where(i => RevocationServers.AreNamedBy(path[i]))),
        First(Open.Where(i => !RevocationServers.AreNamedBy(path[i]))));

    private string? First(IEnumerable<int> indices) => indices.Select(i => Names.Subject(path[i])).FirstOrDefault();
}
