using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>Revocation lists of the folder x509crl: as good as one that was fetched, and no server is asked for what they know.</summary>
public sealed class ConfiguredListTests : IDisposable
{
    private readonly RevocationServer _server = new();
    private readonly TestAuthority _root = new("Root");

    public static TheoryData<RevocationPolicy> Policies => [.. Enum.GetValues<RevocationPolicy>()];

    private static DateTimeOffset Lately => DateTimeOffset.UtcNow.AddHours(-1);

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_certificate_on_a_list_is_refused_whatever_the_policy_and_the_age_of_the_list(RevocationPolicy policy)
    {
        X509Certificate2 moon = _root.Issue("moon");

        Assert.Contains("certificate 'CN=moon' is revoked", (await Judge(policy, [_root.RevocationList(Lately, moon)], moon)).Reason, StringComparison.Ordinal);
        byte[] old = _root.RevocationList(DateTimeOffset.UtcNow.AddYears(-2), moon);
        Assert.Contains("certificate 'CN=moon' is revoked", (await Judge(policy, [old], moon)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_certificate_that_is_not_on_a_current_list_is_good_and_nobody_is_asked(RevocationPolicy policy)
    {
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Crl(_server.Offer(_ => [])));

        Assert.True((await Judge(policy, [_root.RevocationList(Lately, _root.Issue("sun"))], moon)).AreTrusted);
        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task A_list_that_is_old_or_early_or_of_another_or_without_the_right_says_nothing()
    {
        X509Certificate2 moon = _root.Issue("moon");
        TestAuthority impostor = new("Root");

        foreach (byte[] list in new[]
        {
            _root.RevocationList(DateTimeOffset.UtcNow.AddYears(-2)),
            _root.RevocationList(DateTimeOffset.UtcNow.AddDays(1)),
            impostor.RevocationList(Lately),
            impostor.RevocationList(Lately, moon),
            new TestAuthority("Other").RevocationList(Lately),
        })
        {
            Assert.Contains("cannot be found out", (await Judge(RevocationPolicy.Strict, [list], moon)).Reason, StringComparison.Ordinal);
            Assert.True((await Judge(RevocationPolicy.Relaxed, [list], moon)).AreTrusted);
        }
    }

    [Fact]
    public async Task Each_certificate_of_a_chain_is_looked_up_in_the_list_of_its_issuer()
    {
        TestAuthority middle = new("Middle", _root);
        X509Certificate2 moon = middle.Issue("moon");
        byte[] ofRoot = _root.RevocationList(Lately), ofMiddle = middle.RevocationList(Lately);

        Assert.True((await Judge(RevocationPolicy.Strict, [ofRoot, ofMiddle], moon, middle.Certificate)).AreTrusted);
        Assert.False((await Judge(RevocationPolicy.Strict, [ofRoot], moon, middle.Certificate)).AreTrusted);
        Assert.False((await Judge(RevocationPolicy.Strict, [ofMiddle], moon, middle.Certificate)).AreTrusted);
        byte[] revokesMiddle = _root.RevocationList(Lately, middle.Certificate);
        Assert.Contains(
            "'CN=Middle' is revoked", (await Judge(RevocationPolicy.Relaxed, [revokesMiddle, ofMiddle], moon, middle.Certificate)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_list_does_not_know_a_server_is_asked_for()
    {
        X509Certificate2? moon = null;
        moon = _root.Issue("moon", RevocationServer.Crl(_server.Offer(_ => _root.RevocationList(Lately, moon!))));

        byte[] old = _root.RevocationList(DateTimeOffset.UtcNow.AddYears(-2));
        Assert.Contains("is revoked", (await Judge(RevocationPolicy.Relaxed, [old], moon)).Reason, StringComparison.Ordinal);
        Assert.Equal(1, _server.Requests);
    }

    private async Task<CertificatesJudged> Judge(RevocationPolicy policy, byte[][] lists, params X509Certificate2[] chain)
    {
        GatewayConfig config = new([], []) { Authorities = [_root.Certificate], RevocationLists = [.. lists.Select(l => RevocationList.Parse(l))] };
        using CertificateJudge judge = new(new RunningConfig(config), TimeProvider.System);
        return await judge.JudgeAsync(RevocationServer.Question(policy, chain));
    }
}
