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
    /// <summary>Null: without TLS.</summary>
    public HttpCertificate? Certificate { get; init; }

    /// <summary>Null: there is none, and so no actions.</summary>
    public HttpToken? Token { get; init; }

    public bool IsTls => Certificate is not null;

    /// <summary>Nobody beyond this host can reach it.</summary>
    public bool IsLocal => IPAddress.IsLoopback(Endpoint.Address);

    /// <exception cref="HttpException">It is not an address with a port.</exception>
    public static IPEndPoint ParseEndpoint(string text)
    {
        // IPEndPoint.TryParse takes 1.2.3.4 for port 0, which is no port that anybody meant.
        if (IPEndPoint.TryParse(text, out IPEndPoint? endpoint) && text.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{endpoint.Port}"), StringComparison.Ordinal)) return endpoint;
        throw new HttpException($"http: '{text}' is no address with a port");
    }

    /// <exception cref="HttpException">It would be open to others without protection.</exception>
    public void Check()
    {
        if (IsLocal || (IsTls && Token is not null)) return;
        throw new HttpException(
            $"http: {Endpoint} can be reached from other hosts: that takes TLS (--http-cert, --http-key) and a token (--http-token-file), or a loopback address");
    }
}

/// <summary>What the web server shows, and the certificates up to its authority.</summary>
internal sealed record HttpCertificate(X509Certificate2 Own, X509Certificate2Collection Chain)
{
    /// <param name="certificateFile">PEM, the server's certificate first, then those up to its authority. Null: without TLS.</param>
    /// <param name="keyFile">PEM, not encrypted.</param>
    /// <exception cref="HttpException">One file is missing, cannot be read, or is not the other's.</exception>
    public static HttpCertificate? Load(string? certificateFile, string? keyFile)
    {
        if (certificateFile is null && keyFile is null) return null;
        if (certificateFile is null || keyFile is null) throw new HttpException("http: a certificate takes its key, and a key its certificate: --http-cert and --http-key");
        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificateFile);
            return new HttpCertificate(X509Certificate2.CreateFromPemFile(certificateFile, keyFile), chain);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new HttpException($"http: {certificateFile} with {keyFile}: {fault.Message}");
        }
    }
}

/// <summary>The web server cannot listen. The message is for people.</summary>
internal sealed class HttpException(string message) : Exception(message);
