using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>CRLs and OCSP over HTTP on loopback: revoked is refused whatever the policy, and what cannot be found out is worth what the policy says.</summary>
public sealed class RevocationTests : IDisposable
{
    private readonly RevocationServer _server = new();
    private readonly TestAuthority _root = new("Root");

    public static TheoryData<RevocationPolicy> Policies => [.. Enum.GetValues<RevocationPolicy>()];

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_certificate_on_the_crl_is_refused_whatever_the_policy(RevocationPolicy policy)
    {
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Crl(_server.Offer(_ => Crl(_root, "moon"))));

        CertificatesJudged judged = await Judge(policy, moon);

        Assert.False(judged.AreTrusted);
        Assert.Contains("certificate 'CN=moon' is revoked", judged.Reason, StringComparison.Ordinal);
        Assert.Equal(1, _server.Requests);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_certificate_that_is_not_on_the_crl_is_trusted(RevocationPolicy policy)
    {
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Crl(_server.Offer(_ => Crl(_root, "sun"))));

        Assert.True((await Judge(policy, moon)).AreTrusted);
        Assert.Equal(1, _server.Requests);
    }

    [Theory]
    [InlineData(RevocationPolicy.Strict, false)]
    [InlineData(RevocationPolicy.IfUri, false)]
    [InlineData(RevocationPolicy.Relaxed, true)]
    public async Task A_server_that_is_not_there_counts_by_policy(RevocationPolicy policy, bool trusted)
    {
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Crl(RevocationServer.Nowhere()));

        CertificatesJudged judged = await Judge(policy, moon);

        Assert.Equal(trusted, judged.AreTrusted);
        Assert.Contains("CN=moon", judged.Reason, StringComparison.Ordinal);
        Assert.Contains("neither CRL nor OCSP", judged.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RevocationPolicy.Strict, false)]
    [InlineData(RevocationPolicy.IfUri, true)]
    [InlineData(RevocationPolicy.Relaxed, true)]
    public async Task A_certificate_that_names_no_server_counts_by_policy(RevocationPolicy policy, bool trusted)
    {
        CertificatesJudged judged = await Judge(policy, _root.Issue("moon"));

        Assert.Equal(trusted, judged.AreTrusted);
        Assert.Equal(!trusted, judged.Reason.Contains("names neither CRL nor OCSP", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RevocationPolicy.Strict, false)]
    [InlineData(RevocationPolicy.Relaxed, true)]
    public async Task A_crl_of_another_authority_says_nothing(RevocationPolicy policy, bool trusted)
    {
        TestAuthority impostor = new("Root");
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Crl(_server.Offer(_ => Crl(impostor, "moon"))));

        CertificatesJudged judged = await Judge(policy, moon);

        Assert.Equal(trusted, judged.AreTrusted);
        Assert.Equal(1, _server.Requests);
    }

    [Theory]
    [InlineData(RevocationPolicy.Strict)]
    [InlineData(RevocationPolicy.IfUri)]
    public async Task Octets_that_are_no_crl_say_nothing(RevocationPolicy policy)
    {
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Crl(_server.Offer(_ => [1, 2, 3])));

        Assert.False((await Judge(policy, moon)).AreTrusted);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_revoked_intermediate_authority_takes_its_certificates_along(RevocationPolicy policy)
    {
        TestAuthority middle = new("Middle", _root, null, RevocationServer.Crl(_server.Offer(_ => Crl(_root, "Middle"))));
        X509Certificate2 moon = middle.Issue("moon", RevocationServer.Crl(_server.Offer(_ => Crl(middle, "sun"))));
        Remember(middle.Certificate);

        CertificatesJudged judged = await Judge(policy, moon, middle.Certificate);

        Assert.False(judged.AreTrusted);
        Assert.Contains("'CN=Middle' is revoked", judged.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_server_is_asked_for_a_certificate_of_a_stranger()
    {
        // CVE-2022-40617: else anybody chooses where we connect to.
        TestAuthority stranger = new("Stranger");
        X509Certificate2 moon = stranger.Issue("moon", RevocationServer.Crl(_server.Offer(_ => Crl(stranger, "sun"))));

        Assert.False((await Judge(RevocationPolicy.Strict, moon, stranger.Certificate)).AreTrusted);
        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task No_issuer_is_fetched()
    {
        TestAuthority middle = new("Middle", _root);
        X509Extension issuers = new X509AuthorityInformationAccessExtension(null, [_server.Offer(_ => middle.Certificate.RawData)]);

        CertificatesJudged judged = await Judge(RevocationPolicy.Relaxed, middle.Issue("moon", issuers));

        Assert.False(judged.AreTrusted);
        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task A_server_that_never_answers_holds_up_nobody_for_long()
    {
        using ManualResetEventSlim released = new();
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Crl(_server.Offer(_ =>
        {
            released.Wait(TestContext.Current.CancellationToken);
            return [];
        })));
        long start = Stopwatch.GetTimestamp();
        try
        {
            Assert.True((await Judge(RevocationPolicy.Relaxed, moon)).AreTrusted);
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(5));
        }
        finally
        {
            released.Set();
        }
    }

    private readonly Dictionary<string, X509Certificate2> _issued = [];

    private void Remember(X509Certificate2 certificate) => _issued[certificate.Subject[3..]] = certificate;

    /// <summary>A CRL that names this certificate, once it has been issued.</summary>
    private byte[] Crl(TestAuthority authority, string name) =>
        authority.RevocationList(DateTimeOffset.UtcNow.AddHours(-1), _issued.TryGetValue(name, out X509Certificate2? revoked) ? [revoked] : []);

    private async Task<CertificatesJudged> Judge(RevocationPolicy policy, params X509Certificate2[] chain)
    {
        Remember(chain[0]);
        using CertificateJudge judge = new(
            new RunningConfig(new GatewayConfig([], []) { Authorities = [_root.Certificate] }), TimeProvider.System, new RevocationSettings { Timeout = TimeSpan.FromSeconds(1) });
        return await judge.JudgeAsync(RevocationServer.Question(policy, chain));
    }
}
