using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// CRLs over HTTP, for chains whose root nobody knows: the platform's chain engine looks for none there. Kept until their next update. Thread-safe; bounded.
/// </summary>
internal sealed class FetchedLists : IDisposable
{
    private const int MostLists = 64;
    private const int MostOctets = 16 << 20;

    private readonly ConcurrentDictionary<Uri, RevocationList> _lists = [];
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
    {
        MaxResponseContentBufferSize = MostOctets,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Null: there is none to be had that its issuer signed and that is current. Blocks for as long as <paramref name="patience"/>.</summary>
    public RevocationList? Get(Uri from, X509Certificate2 issuer, DateTimeOffset now, TimeSpan patience)
    {
        if (_lists.TryGetValue(from, out RevocationList? kept) && kept.IsCurrent(now) && kept.IsOf(issuer)) return kept;
        if (Fetch(from, patience) is not { } list || !list.IsCurrent(now) || !list.IsOf(issuer)) return null;
        if (_lists.Count >= MostLists) _lists.Clear();
        _lists[from] = list;
        return list;
    }

    public void Clear() => _lists.Clear();

    public void Dispose() => _client.Dispose();

    private RevocationList? Fetch(Uri from, TimeSpan patience)
    {
        if (patience <= TimeSpan.Zero) return null;
        using CancellationTokenSource over = new(patience);
        try
        {
            return RevocationList.Parse(_client.GetByteArrayAsync(from, over.Token).GetAwaiter().GetResult());
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
