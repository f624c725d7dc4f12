using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>OCSP over HTTP on loopback, answered by the openssl program.</summary>
public sealed class OcspTests : IDisposable
{
    private readonly RevocationServer _server = new();
    private readonly TestAuthority _root = new("Root");

    public static TheoryData<RevocationPolicy> Policies => [.. Enum.GetValues<RevocationPolicy>()];

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task Revoked_is_refused_whatever_the_policy(RevocationPolicy policy)
    {
        using OcspResponder responder = new(_root);
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Ocsp(_server.Offer(responder.Answer)));
        responder.Add(moon, revoked: true);

        CertificatesJudged judged = await Judge(policy, moon);

        Assert.False(judged.AreTrusted);
        Assert.Contains("certificate 'CN=moon' is revoked", judged.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task Good_is_trusted_whatever_the_policy(RevocationPolicy policy)
    {
        using OcspResponder responder = new(_root);
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Ocsp(_server.Offer(responder.Answer)));
        responder.Add(moon, revoked: false);

        Assert.True((await Judge(policy, moon)).AreTrusted);
        Assert.InRange(_server.Requests, 1, 2);
    }

    [Theory]
    [InlineData(RevocationPolicy.Strict, false)]
    [InlineData(RevocationPolicy.IfUri, false)]
    [InlineData(RevocationPolicy.Relaxed, true)]
    public async Task An_answer_that_somebody_else_signed_says_nothing(RevocationPolicy policy, bool trusted)
    {
        using OcspResponder responder = new(_root, signer: new TestAuthority("Root"));
        X509Certificate2 moon = _root.Issue("moon", RevocationServer.Ocsp(_server.Offer(responder.Answer)));
        responder.Add(moon, revoked: false);

        Assert.Equal(trusted, (await Judge(policy, moon)).AreTrusted);
    }

    [Fact]
    public async Task Where_there_is_no_crl_to_be_had_the_responder_is_asked()
    {
        using OcspResponder responder = new(_root);
        X509Certificate2 moon = _root.Issue(
            "moon", RevocationServer.Crl(RevocationServer.Nowhere()), RevocationServer.Ocsp(_server.Offer(responder.Answer)));
        responder.Add(moon, revoked: true);

        Assert.Contains("is revoked", (await Judge(RevocationPolicy.Relaxed, moon)).Reason, StringComparison.Ordinal);
    }

    private async Task<CertificatesJudged> Judge(RevocationPolicy policy, X509Certificate2 moon)
    {
        using CertificateJudge judge = new(
            new RunningConfig(new GatewayConfig([], []) { Authorities = [_root.Certificate] }), TimeProvider.System, new RevocationSettings { Timeout = TimeSpan.FromSeconds(5) });
        return await judge.JudgeAsync(RevocationServer.Question(policy, moon));
    }
}
