using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Concentrator.Http.Api;

/// <summary>Asks a running gateway over its JSON API. Throws <see cref="HttpRequestException"/> where it does not answer, with a message for people.</summary>
internal sealed class GatewayClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _base;

    /// <param name="gateway">Where its web server is.</param>
    /// <param name="tokenFile">Null: without a token.</param>
    /// <param name="authorityFile">PEM; null: the system's authorities.</param>
    /// <exception cref="HttpException">It is no address, or one of the files cannot be used.</exception>
    public GatewayClient(string gateway, FileInfo? tokenFile, FileInfo? authorityFile)
    {
        if (!Uri.TryCreate(gateway, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https")) throw new HttpException($"'{gateway}' is no address of a web server: http://HOST:PORT");
        _base = address;
        SocketsHttpHandler handler = new() { ConnectTimeout = TimeSpan.FromSeconds(5) };
        if (authorityFile is not null) handler.SslOptions.CertificateChainPolicy = PolicyOf(authorityFile);
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (tokenFile is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ReadToken(tokenFile));
    }

    /// <summary>
    /// The steps of all IKE SAs that fit, those that are known first and then, unless it is <paramref name="once"/>, each as it comes. Ends with the gateway.
    /// </summary>
    public async IAsyncEnumerable<LadderModel> TraceAsync(string text, bool once, [EnumeratorCancellation] CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_base, $"/api/v1/trace?q={Uri.EscapeDataString(text)}{(once ? "&once=1" : "")}"));
        using HttpResponseMessage answer = await SendAsync(request, cancel).ConfigureAwait(false);
        Stream stream = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(cancel).ConfigureAwait(false))
            if (item.EventType == "ladder" && JsonSerializer.Deserialize(item.Data, ApiJson.Default.LadderModel) is { } ladder) yield return ladder;
    }

    /// <summary>The cluster as this gateway sees it.</summary>
    public async Task<ClusterModel?> GetClusterAsync(CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_base, "/api/v1/cluster"));
        using HttpResponseMessage answer = await SendAsync(request, cancel).ConfigureAwait(false);
        Stream body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        return await JsonSerializer.DeserializeAsync(body, ApiJson.Default.ClusterModel, cancel).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException refused)
        {
            throw new HttpRequestException($"no gateway answers at {_base}: {refused.InnerException?.Message ?? refused.Message}", refused);
        }

        if (answer.IsSuccessStatusCode) return answer;
        HttpStatusCode status = answer.StatusCode;
        answer.Dispose();
        throw new HttpRequestException(status == HttpStatusCode.Unauthorized
            ? $"{_base} takes a token, and this is not it: --http-token-file"
            : $"{_base} answers {(int)status} {status}");
    }

    private static string ReadToken(FileInfo file)
    {
        try
        {
            return File.ReadAllText(file.FullName).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new HttpException($"the token in {file}: {fault.Message}");
        }
    }

    private static X509ChainPolicy PolicyOf(FileInfo authorities)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(authorities.FullName);
        }
        catch (Exception fault) when (fault is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new HttpException($"the authorities in {authorities}: {fault.Message}");
        }

        return policy;
    }
}
