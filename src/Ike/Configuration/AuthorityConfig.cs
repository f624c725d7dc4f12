using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Ike.Configuration;

/// <summary>An authority that is trusted, in a section of its own (swanctl.conf <c>authorities.&lt;name&gt;</c>).</summary>
public sealed record AuthorityConfig(string Name, X509Certificate2 Certificate)
{
    /// <summary>Where its revocation lists are had, besides where its certificates say. HTTP.</summary>
    public IReadOnlyList<Uri> CrlUris { get; init; } = [];

    /// <summary>Its OCSP responders, besides those that its certificates name. HTTP.</summary>
    public IReadOnlyList<Uri> OcspUris { get; init; } = [];

    public bool IsSameAs(AuthorityConfig other) =>
        Name == other.Name && Certificate.IsSameAs(other.Certificate) && CrlUris.SequenceEqual(other.CrlUris) && OcspUris.SequenceEqual(other.OcspUris);
}
