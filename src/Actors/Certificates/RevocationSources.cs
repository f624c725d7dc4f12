using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// Where revocation is found out: the lists of the configuration, the servers that it names, then those that the certificates name; one certificate after the
/// other, so that it is known who kept us waiting. Thread-safe.
/// </summary>
internal sealed class RevocationSources : IDisposable
{
    private readonly RunningConfig _gateway;
    private readonly RevocationSettings _settings;
    private readonly TimeProvider _time;
    private readonly DeadServers _dead;
    private readonly RevocationClient _client = new();
    private readonly FetchedLists _fetched;

    public RevocationSources(RunningConfig gateway, RevocationSettings settings, TimeProvider time)
    {
        _gateway = gateway;
        _settings = settings;
        _time = time;
        _dead = new DeadServers(settings, time);
        _fetched = new FetchedLists(_client);
    }

    /// <summary>By what is here already; asks nobody.</summary>
    public RevocationFindings LookUp(IReadOnlyList<X509Certificate2> path)
    {
        RevocationFindings findings = new(path, _gateway.Current.NamedAuthorities);
        foreach (int i in findings.Open.ToArray()) findings.Set(i, LookUp(findings.CertificateAt(i), findings.IssuerOf(i)));
        return findings;
    }

    /// <summary>Asks servers for what is not known; a chain that nobody has found good comes not here. Blocks.</summary>
    public void Ask(Evidence evidence, RevocationFindings findings, bool isPartial)
    {
        long start = _time.GetTimestamp();
        foreach (int i in findings.OpenWithServers.ToArray())
        {
            X509Certificate2 certificate = findings.CertificateAt(i), issuer = findings.IssuerOf(i);
            RevocationServers servers = findings.ServersOf(i);
            Standing standing = servers.ConfiguredResponders.Select(to => AskResponder(to, certificate, issuer, Left())).FirstOrDefault(IsKnown);
            if (!IsKnown(standing)) standing = servers.ConfiguredLists.Select(from => AskList(from, certificate, issuer, Left())).FirstOrDefault(IsKnown);
            if (!IsKnown(standing) && servers.AreNamedByCertificate) standing = AskNamed(evidence, certificate, issuer, servers, isPartial, Left());
            findings.Set(i, standing);
        }

        TimeSpan Left() => _settings.Timeout - _time.GetElapsedTime(start);
    }

    public void Forget()
    {
        _fetched.Clear();
        _dead.Clear();
    }

    public void Dispose() => _client.Dispose();

    /// <summary>A revoked certificate stays revoked, however old the list; that one is good only a current list can say.</summary>
    private Standing LookUp(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        RevocationList[] of = [.. _gateway.Current.RevocationLists.Where(l => l.IsOf(issuer))];
        if (of.Any(l => l.Names(certificate))) return Standing.Revoked;
        return of.Any(l => l.IsCurrent(_time.GetUtcNow())) ? Standing.Good : Standing.Unknown;
    }

    private Standing AskResponder(Uri to, X509Certificate2 certificate, X509Certificate2 issuer, TimeSpan left)
    {
        OcspQuestion question = new(certificate, issuer);
        return Patiently([to], left, patience => _client.Post(to, question.Encode(), OcspQuestion.MediaType, patience) is { } answer
            ? question.Judge(answer, _time.GetUtcNow())
            : Standing.Unknown);
    }

    private Standing AskList(Uri from, X509Certificate2 certificate, X509Certificate2 issuer, TimeSpan left) => Patiently([from], left, patience =>
    {
        if (_fetched.Get(from, issuer, _time.GetUtcNow(), patience) is not { } list) return Standing.Unknown;
        return list.Names(certificate) ? Standing.Revoked : Standing.Good;
    });

    /// <summary>Those that the certificate names. The platform's engine asks them, where it knows the root of the chain.</summary>
    private Standing AskNamed(Evidence evidence, X509Certificate2 certificate, X509Certificate2 issuer, RevocationServers servers, bool isPartial, TimeSpan left)
    {
        if (!isPartial) return Patiently(servers.OfCertificate(), left, patience => evidence.AskEngine(certificate, _time.GetUtcNow(), patience > TimeSpan.Zero ? patience : null));
        long start = _time.GetTimestamp();
        return servers.Lists().Select(from => AskList(from, certificate, issuer, left - _time.GetElapsedTime(start))).FirstOrDefault(IsKnown);
    }

    /// <summary>What is kept counts whoever is dead: then, and when the time is up, the patience is zero.</summary>
    private Standing Patiently(IReadOnlyList<Uri> servers, TimeSpan left, Func<TimeSpan, Standing> ask)
    {
        bool mayAsk = left > TimeSpan.Zero && !(servers.Count > 0 && servers.All(_dead.Has));
        long asked = _time.GetTimestamp();
        Standing standing = ask(mayAsk ? left : TimeSpan.Zero);
        if (mayAsk && !IsKnown(standing)) _dead.NoteVain(servers, _time.GetElapsedTime(asked));
        return standing;
    }

    private static bool IsKnown(Standing standing) => standing != Standing.Unknown;
}
