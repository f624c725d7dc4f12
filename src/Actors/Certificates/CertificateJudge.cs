using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// Says whether a peer's certificates are to be trusted: the chain to a configured authority, the dates, revocation. Never on an actor's thread: the chain is
/// computed on the thread pool, as many at a time as there are processors; what asks a server for CRL or OCSP runs on threads of its own, of which
/// there are few. A server is asked only for a certificate whose chain is good already, so no stranger chooses where we connect to.
/// Thread-safe. It borrows the certificates of the configuration that is in force when it is asked.
/// </summary>
internal sealed class CertificateJudge : IDisposable
{
    private const int MostFetches = 8;

    private readonly RunningConfig _gateway;
    private readonly TimeProvider _time;
    private readonly RevocationSources _revocation;
    private readonly SemaphoreSlim _chains = new(Environment.ProcessorCount);
    private readonly SemaphoreSlim _fetches = new(MostFetches);

    public CertificateJudge(RunningConfig gateway, TimeProvider time, RevocationSettings? settings = null)
    {
        _gateway = gateway;
        _time = time;
        _revocation = new RevocationSources(gateway, settings ?? new RevocationSettings(), time);
    }

    /// <summary>What servers said, and which of them said nothing, is asked anew. The platform's own cache of CRLs stays.</summary>
    public void ForgetFetched() => _revocation.Forget();

    /// <summary>One answer to each question, always; it never fails. Within <see cref="RevocationSettings.Timeout"/>, and the wait for a turn.</summary>
    public async Task<CertificatesJudged> JudgeAsync(CertificateQuestion question)
    {
        using Evidence evidence = Evidence.Load(question, new TrustAnchors(_gateway.Current));
        try
        {
            if (evidence.Refusal is { } refusal) return No(refusal);
            if (evidence.IsPinned) return PinnedCertificate.Judge(evidence.EndEntity!, _time.GetUtcNow());
            using ChainVerdict verdict = await InTurn(_chains, TaskCreationOptions.None, () => evidence.BuildChain(_time.GetUtcNow()));
            if (!verdict.IsTrusted) return No(verdict.Reason);
            RevocationFindings findings = await InTurn(_chains, TaskCreationOptions.None, () => _revocation.LookUp(verdict.Path));
            if (!findings.AreFinal)
            {
                await InTurn(_fetches, TaskCreationOptions.LongRunning, () =>
                {
                    _revocation.Ask(evidence, findings, verdict.IsPartial);
                    return true;
                });
            }

            return findings.ToVerdict().Judge(question.Remote.Revocation);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or InvalidOperationException)
        {
            // The platform's chain engine gives up on some certificates with an exception: whose fault it is, nobody is let in for it.
            return No($"certificate '{evidence.Subject}' cannot be checked: {e.Message}");
        }
    }

    public void Dispose()
    {
        _chains.Dispose();
        _fetches.Dispose();
        _revocation.Dispose();
    }

    private static CertificatesJudged No(string reason) => new(false, reason);

    private static async Task<T> InTurn<T>(SemaphoreSlim turn, TaskCreationOptions how, Func<T> work)
    {
        await turn.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(work, CancellationToken.None, how, TaskScheduler.Default);
        }
        finally
        {
            turn.Release();
        }
    }
}
