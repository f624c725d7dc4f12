using System.Collections.Concurrent;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// Which servers of CRLs and OCSP kept somebody waiting in vain lately: for a while they are not asked, so that a flood of peers is not a flood of waits. Those
/// that fail at once cost nothing and are not remembered. Thread-safe; bounded.
/// </summary>
internal sealed class DeadServers(RevocationSettings settings, TimeProvider time)
{
    private const int MostServers = 256;

    /// <summary>By host and port; until when.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.OrdinalIgnoreCase);

    public bool Has(Uri server) => _until.TryGetValue(server.Authority, out DateTimeOffset until) && time.GetUtcNow() < until;

    public void Clear() => _until.Clear();

    /// <summary>None of them said anything, and it took this long to find out.</summary>
    public void NoteVain(IEnumerable<Uri> servers, TimeSpan waited)
    {
        if (waited < settings.Slow) return;
        DateTimeOffset now = time.GetUtcNow();
        foreach ((string name, DateTimeOffset until) in _until)
        {
            if (until <= now) _until.TryRemove(name, out _);
        }

        foreach (Uri server in servers)
        {
            if (_until.Count < MostServers) _until[server.Authority] = now + settings.DeadFor;
        }
    }
}
