using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Configuration;

/// <summary>Where certificates are found that a configuration names.</summary>
internal interface ICertificateSource
{
    /// <summary>The one that is meant, and those that came with it, behind it.</summary>
    /// <param name="folder">For which kind it is, as <see cref="CertificateFiles"/> has them.</param>
    /// <param name="name">As the configuration writes it.</param>
    /// <exception cref="FormatException">There is none; the message says why.</exception>
    IReadOnlyList<X509Certificate2> Find(string folder, string name);
}
