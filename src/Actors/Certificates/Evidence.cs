using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Certificates;

/// <summary>The certificates of one question, loaded, and what they are held against. Owns those that the peer sent.</summary>
internal sealed class Evidence : IDisposable
{
    private readonly CertificateQuestion _question;
    private readonly TrustAnchors _anchors;
    private readonly List<X509Certificate2> _sent;

    private Evidence(CertificateQuestion question, TrustAnchors anchors, List<X509Certificate2> sent)
    {
        _question = question;
        _anchors = anchors;
        _sent = sent;
    }

    public X509Certificate2? EndEntity => _sent.FirstOrDefault();

    public string Subject => EndEntity is null ? "(damaged)" : Names.Subject(EndEntity);

    /// <summary>The configuration names this certificate itself.</summary>
    public bool IsPinned => _question.Remote.Certificates.Any(c => c.RawDataMemory.Span.SequenceEqual(_question.Chain[0].Span));

    /// <summary>Why there is no need to look further.</summary>
    public string? Refusal
    {
        get
        {
            if (EndEntity is null) return "its end entity certificate is damaged";
            if (_question.Remote.Certificates.Count > 0 && !IsPinned) return $"certificate '{Subject}' is not the one that is configured";
            return null;
        }
    }

    /// <summary>Intermediate certificates that are damaged are left out: what needs them will miss them.</summary>
    public static Evidence Load(CertificateQuestion question, TrustAnchors anchors)
    {
        List<X509Certificate2> sent = [];
        foreach (ReadOnlyMemory<byte> octets in question.Chain)
        {
            try
            {
                sent.Add(X509CertificateLoader.LoadCertificate(octets.Span));
            }
            catch (CryptographicException)
            {
                if (sent.Count == 0) break;
            }
        }

        return new Evidence(question, anchors, sent);
    }

    /// <summary>Without a look at revocation.</summary>
    /// <param name="now">By whose clock certificates are valid.</param>
    public ChainVerdict BuildChain(DateTimeOffset now)
    {
        using X509Chain chain = Prepare(now);
        chain.Build(EndEntity!);
        return ChainVerdict.Of(chain, _anchors.For(_question.Remote), _question.Remote.Signatures, now);
    }

    /// <summary>
    /// What the platform's chain engine finds out of one certificate's revocation, which it does only where it knows the root. <paramref name="patience"/> null:
    /// by what it has kept on disk alone.
    /// </summary>
    public Standing AskEngine(X509Certificate2 certificate, DateTimeOffset now, TimeSpan? patience)
    {
        using X509Chain chain = Prepare(now);
        chain.ChainPolicy.RevocationMode = patience is null ? X509RevocationMode.Offline : X509RevocationMode.Online;
        chain.ChainPolicy.RevocationFlag = X509RevocationFlag.EndCertificateOnly;
        if (patience is { } timeout) chain.ChainPolicy.UrlRetrievalTimeout = timeout;
        chain.Build(certificate);
        try
        {
            X509ChainStatusFlags flags = ChainVerdict.FlagsOf(chain.ChainStatus);
            if (flags.HasFlag(X509ChainStatusFlags.Revoked)) return Standing.Revoked;
            // Good takes that the engine looked at all, which it does not do with a chain that has another fault.
            return flags == X509ChainStatusFlags.NoError ? Standing.Good : Standing.Unknown;
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    private X509Chain Prepare(DateTimeOffset now)
    {
        X509Chain chain = new();
        X509ChainPolicy policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_anchors.Roots(_question.Remote));
        policy.ExtraStore.AddRange(_anchors.Intermediates(_question.Remote));
        foreach (X509Certificate2 intermediate in _sent.Skip(1)) policy.ExtraStore.Add(intermediate);
        // RFC 5280 §4.2.2.1 lets a certificate name where its issuer is found: that would let a stranger have us fetch.
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = now.LocalDateTime;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        return chain;
    }

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in _sent) certificate.Dispose();
    }
}
