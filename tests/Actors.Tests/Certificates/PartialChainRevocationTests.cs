using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>The only trust anchor is an intermediate authority, and nobody knows its root: what it revoked is revoked all the same.</summary>
public sealed class PartialChainRevocationTests : IDisposable
{
    private readonly RevocationServer _server = new();
    private readonly TestAuthority _sales = new("Sales", new TestAuthority("Root"));

    public static TheoryData<RevocationPolicy> Policies => [.. Enum.GetValues<RevocationPolicy>()];

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_revoked_end_entity_is_refused_whatever_the_policy(RevocationPolicy policy)
    {
        X509Certificate2? moon = null;
        moon = _sales.Issue("moon", RevocationServer.Crl(_server.Offer(_ => _sales.RevocationList(DateTimeOffset.UtcNow.AddHours(-1), moon!))));

        CertificatesJudged judged = await Judge(policy, moon);

        Assert.False(judged.AreTrusted);
        Assert.Contains("certificate 'CN=moon' is revoked", judged.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task So_is_what_an_authority_below_it_revoked(RevocationPolicy policy)
    {
        X509Certificate2? moon = null;
        TestAuthority lower = new("Lower", _sales, null, RevocationServer.Crl(_server.Offer(_ => _sales.RevocationList(DateTimeOffset.UtcNow.AddHours(-1)))));
        moon = lower.Issue("moon", RevocationServer.Crl(_server.Offer(_ => lower.RevocationList(DateTimeOffset.UtcNow.AddHours(-1), moon!))));

        Assert.Contains("certificate 'CN=moon' is revoked", (await Judge(policy, moon, lower.Certificate)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task One_that_is_not_on_the_list_is_trusted(RevocationPolicy policy)
    {
        X509Certificate2 moon = _sales.Issue("moon", RevocationServer.Crl(_server.Offer(_ => _sales.RevocationList(DateTimeOffset.UtcNow.AddHours(-1)))));

        Assert.True((await Judge(policy, moon)).AreTrusted);
        Assert.Equal(1, _server.Requests);
    }

    [Theory]
    [InlineData(RevocationPolicy.Strict, false)]
    [InlineData(RevocationPolicy.IfUri, false)]
    [InlineData(RevocationPolicy.Relaxed, true)]
    public async Task A_list_that_says_nothing_counts_by_policy(RevocationPolicy policy, bool trusted)
    {
        TestAuthority impostor = new("Sales");
        string forged = _server.Offer(_ => impostor.RevocationList(DateTimeOffset.UtcNow.AddHours(-1)));
        string expired = _server.Offer(_ => _sales.RevocationList(DateTimeOffset.UtcNow.AddYears(-2)));
        string rubbish = _server.Offer(_ => [0x30, 0x03, 1, 2, 3]);

        foreach (string url in new[] { forged, expired, rubbish, RevocationServer.Nowhere(), "ldap://127.0.0.1/" })
            Assert.Equal(trusted, (await Judge(policy, _sales.Issue("moon", RevocationServer.Crl(url)))).AreTrusted);
        Assert.Equal(trusted, (await Judge(policy, _sales.Issue("moon", RevocationServer.Ocsp(RevocationServer.Nowhere())))).AreTrusted);
    }

    [Theory]
    [InlineData(RevocationPolicy.Strict, false)]
    [InlineData(RevocationPolicy.IfUri, true)]
    [InlineData(RevocationPolicy.Relaxed, true)]
    public async Task One_that_names_no_server_counts_by_policy(RevocationPolicy policy, bool trusted) =>
        Assert.Equal(trusted, (await Judge(policy, _sales.Issue("moon"))).AreTrusted);

    private async Task<CertificatesJudged> Judge(RevocationPolicy policy, params X509Certificate2[] chain)
    {
        using CertificateJudge judge = new(
            new RunningConfig(new GatewayConfig([], []) { Authorities = [_sales.Certificate] }), TimeProvider.System, new RevocationSettings { Timeout = TimeSpan.FromSeconds(2) });
        return await judge.JudgeAsync(RevocationServer.Question(policy, chain));
    }
}
