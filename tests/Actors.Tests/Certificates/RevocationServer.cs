using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>An HTTP server on loopback that hands out what the test gave it, and counts who asks.</summary>
internal sealed class RevocationServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, Func<byte[], byte[]>> _answers = [];
    private readonly Task _serving;
    private int _requests;

    public RevocationServer()
    {
        Port = FreePort();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port { get; }

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Serves at a path of its own: the platform keeps CRLs on disk, by URL.</summary>
    public string Offer(Func<byte[], byte[]> answer)
    {
        string path = $"/{Guid.NewGuid():N}";
        _answers[path] = answer;
        return $"http://127.0.0.1:{Port}{path}";
    }

    /// <summary>A URL at which nobody listens.</summary>
    public static string Nowhere() => $"http://127.0.0.1:{FreePort()}/{Guid.NewGuid():N}";

    /// <summary>A peer called moon shows this chain, and revocation counts by this policy.</summary>
    public static CertificateQuestion Question(RevocationPolicy policy, params X509Certificate2[] chain) => new(
        [.. chain.Select(c => c.RawDataMemory)], Identity.Parse("moon"), new AuthConfig((IdentityPattern?)null) { Kind = AuthKind.PublicKey, Revocation = policy });

    public static X509Extension Crl(string url) => CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([url]);

    public static X509Extension Ocsp(string url) => new X509AuthorityInformationAccessExtension([url], null);

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                Interlocked.Increment(ref _requests);
                await AnswerAsync(context);
            }
            catch (Exception e) when (e is HttpListenerException or InvalidOperationException)
            {
                // Closed.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using MemoryStream body = new();
        await context.Request.InputStream.CopyToAsync(body);
        // OCSP by GET has the request behind the path, in base64.
        string[] parts = context.Request.Url!.AbsolutePath.Split('/', 3);
        byte[] question = parts.Length == 3 ? Convert.FromBase64String(Uri.UnescapeDataString(parts[2])) : body.ToArray();
        if (_answers.TryGetValue($"/{parts[1]}", out Func<byte[], byte[]>? answer))
        {
            byte[] octets = answer(question);
            await context.Response.OutputStream.WriteAsync(octets);
        }
        else
        {
            context.Response.StatusCode = 404;
        }

        context.Response.Close();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
