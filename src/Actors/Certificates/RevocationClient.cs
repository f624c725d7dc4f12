using System.Net.Http.Headers;

namespace Concentrator.Actors.Certificates;

/// <summary>HTTP to those who know of revocation: no redirects, no cookies, no proxy, a bound on what they say. Thread-safe.</summary>
internal sealed class RevocationClient : IDisposable
{
    private const int MostOctets = 16 << 20;

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
    {
        MaxResponseContentBufferSize = MostOctets,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Null: nothing was had in time. Blocks for as long as <paramref name="patience"/>.</summary>
    public byte[]? Get(Uri from, TimeSpan patience) => Send(new HttpRequestMessage(HttpMethod.Get, from), patience);

    /// <summary>Null: nothing was had in time. Blocks for as long as <paramref name="patience"/>.</summary>
    public byte[]? Post(Uri to, byte[] body, string mediaType, TimeSpan patience)
    {
        ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return Send(new HttpRequestMessage(HttpMethod.Post, to) { Content = content }, patience);
    }

    public void Dispose() => _client.Dispose();

    private byte[]? Send(HttpRequestMessage request, TimeSpan patience)
    {
        using (request)
        {
            if (patience <= TimeSpan.Zero) return null;
            using CancellationTokenSource over = new(patience);
            try
            {
                using HttpResponseMessage response = _client.SendAsync(request, over.Token).GetAwaiter().GetResult();
                return response.IsSuccessStatusCode ? response.Content.ReadAsByteArrayAsync(over.Token).GetAwaiter().GetResult() : null;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or InvalidOperationException or IOException)
            {
                return null;
            }
        }
    }
}
