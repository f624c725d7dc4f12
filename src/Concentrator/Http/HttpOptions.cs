using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Http;

/// <summary>
/// Where the web server listens and what protects it. On loopback whoever is on the host may read, and actions need the token; on any other address there is
/// TLS and everything but probes and the empty page needs the token.
/// </summary>
internal sealed record HttpOptions(IPEndPoint Endpoint)
{
    /// <summary>PEM, the server's certificate first, then those up to its authority.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM, not encrypted.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Null: there is none, and so no actions.</summary>
    public HttpToken? Token { get; init; }

    public bool IsTls => CertificateFile is not null;

    /// <summary>Nobody beyond this host can reach it.</summary>
    public bool IsLocal => IPAddress.IsLoopback(Endpoint.Address);

    /// <exception cref="HttpException">It is not an address with a port.</exception>
    public static IPEndPoint ParseEndpoint(string text)
    {
        // IPEndPoint.TryParse takes 1.2.3.4 for port 0, which is no port that anybody meant.
        if (IPEndPoint.TryParse(text, out IPEndPoint? endpoint) && text.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{endpoint.Port}"), StringComparison.Ordinal)) return endpoint;
        throw new HttpException($"http: '{text}' is no address with a port");
    }

    /// <exception cref="HttpException">It would be open to others without protection, or half of the protection is missing.</exception>
    public void Check()
    {
        if (CertificateFile is null != KeyFile is null) throw new HttpException("http: a certificate takes its key, and a key its certificate: --http-cert and --http-key");
        if (IsLocal || (IsTls && Token is not null)) return;
        throw new HttpException(
            $"http: {Endpoint} can be reached from other hosts: that takes TLS (--http-cert, --http-key) and a token (--http-token-file), or a loopback address");
    }

    /// <exception cref="HttpException">The files cannot be read, or do not belong together.</exception>
    public (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadCertificate()
    {
        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(CertificateFile!);
            return (X509Certificate2.CreateFromPemFile(CertificateFile!, KeyFile), chain);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new HttpException($"http: {CertificateFile} with {KeyFile}: {fault.Message}");
        }
    }
}

/// <summary>The web server cannot listen. The message is for people.</summary>
internal sealed class HttpException(string message) : Exception(message);
