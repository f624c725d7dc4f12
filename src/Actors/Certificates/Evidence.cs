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

    /// <param name="now">By whose clock certificates and CRLs are valid.</param>
    /// <param name="revocation">Null: no server is asked.</param>
    public ChainVerdict BuildChain(DateTimeOffset now, RevocationSettings? revocation)
    {
        using X509Chain chain = new();
        X509ChainPolicy policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_anchors.Roots(_question.Remote));
        policy.ExtraStore.AddRange(_anchors.Intermediates(_question.Remote));
        foreach (X509Certificate2 intermediate in _sent.Skip(1)) policy.ExtraStore.Add(intermediate);
        // RFC 5280 §4.2.2.1 lets a certificate name where its issuer is found: that would let a stranger have us fetch.
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = now.LocalDateTime;
        policy.RevocationMode = revocation is null ? X509RevocationMode.NoCheck : X509RevocationMode.Online;
        policy.RevocationFlag = X509RevocationFlag.ExcludeRoot;
        if (revocation is not null) policy.UrlRetrievalTimeout = revocation.Timeout;
        chain.Build(EndEntity!);
        try
        {
            return ChainVerdict.Of(chain, _anchors.For(_question.Remote), now);
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in _sent) certificate.Dispose();
    }
}
