using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// CRLs over HTTP that the platform's chain engine does not look for: of chains whose root nobody knows, and those that the configuration names. Kept until their
/// next update. Thread-safe; bounded.
/// </summary>
internal sealed class FetchedLists(RevocationClient client)
{
    private const int MostLists = 64;

    private readonly ConcurrentDictionary<Uri, RevocationList> _lists = [];

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

    private RevocationList? Fetch(Uri from, TimeSpan patience)
    {
        if (client.Get(from, patience) is not { } octets) return null;
        try
        {
            return RevocationList.Parse(octets);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
