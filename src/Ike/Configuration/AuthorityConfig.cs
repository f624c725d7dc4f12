using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Ike.Configuration;

/// <summary>An authority that is trusted, in a section of its own (swanctl.conf <c>authorities.&lt;name&gt;</c>).</summary>
public sealed record AuthorityConfig(string Name, X509Certificate2 Certificate)
{
    public bool IsSameAs(AuthorityConfig other) => Name == other.Name && Certificate.IsSameAs(other.Certificate);
}
