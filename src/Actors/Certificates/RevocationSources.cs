using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// Where revocation is found out: the lists of the configuration, then the servers that the certificates name, one certificate after the other, so that it is known
/// who kept us waiting. Thread-safe.
/// </summary>
internal sealed class RevocationSources(RunningConfig gateway, RevocationSettings settings, TimeProvider time) : IDisposable
{
    private readonly DeadServers _dead = new(settings, time);
    private readonly FetchedLists _fetched = new();

    /// <summary>By what is here already; asks nobody.</summary>
    public RevocationFindings LookUp(IReadOnlyList<X509Certificate2> path)
    {
        RevocationFindings findings = new(path);
        foreach (int i in findings.Open.ToArray()) findings.Set(i, LookUp(findings.CertificateAt(i), findings.IssuerOf(i)));
        return findings;
    }

    /// <summary>Asks servers for what is not known; a chain that nobody has found good comes not here. Blocks.</summary>
    public void Ask(Evidence evidence, RevocationFindings findings, bool isPartial)
    {
        long start = time.GetTimestamp();
        foreach (int i in findings.Open.Where(i => RevocationServers.AreNamedBy(findings.CertificateAt(i))).ToArray())
        {
            IReadOnlyList<Uri> servers = RevocationServers.Of(findings.CertificateAt(i));
            TimeSpan left = settings.Timeout - time.GetElapsedTime(start);
            // What the engine has on disk counts whoever is dead.
            bool mayAsk = left > TimeSpan.Zero && !(servers.Count > 0 && servers.All(_dead.Has));
            long asked = time.GetTimestamp();
            Standing standing = isPartial
                ? Fetch(findings.CertificateAt(i), findings.IssuerOf(i), mayAsk ? left : TimeSpan.Zero)
                : evidence.AskEngine(findings.CertificateAt(i), time.GetUtcNow(), mayAsk ? left : null);
            if (mayAsk && standing == Standing.Unknown) _dead.NoteVain(servers, time.GetElapsedTime(asked));
            findings.Set(i, standing);
        }
    }

    public void Forget()
    {
        _fetched.Clear();
        _dead.Clear();
    }

    public void Dispose() => _fetched.Dispose();

    /// <summary>A revoked certificate stays revoked, however old the list; that one is good only a current list can say.</summary>
    private Standing LookUp(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        RevocationList[] of = [.. gateway.Current.RevocationLists.Where(l => l.IsOf(issuer))];
        if (of.Any(l => l.Names(certificate))) return Standing.Revoked;
        return of.Any(l => l.IsCurrent(time.GetUtcNow())) ? Standing.Good : Standing.Unknown;
    }

    private Standing Fetch(X509Certificate2 certificate, X509Certificate2 issuer, TimeSpan patience)
    {
        long start = time.GetTimestamp();
        foreach (Uri uri in RevocationServers.Lists(certificate))
        {
            if (_fetched.Get(uri, issuer, time.GetUtcNow(), patience - time.GetElapsedTime(start)) is { } list)
                return list.Names(certificate) ? Standing.Revoked : Standing.Good;
        }

        return Standing.Unknown;
    }
}
