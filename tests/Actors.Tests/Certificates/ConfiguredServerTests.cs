using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>Servers that the section of an authority names, for certificates that name none: they are asked, and believed as far as their answers are signed.</summary>
public sealed class ConfiguredServerTests : IDisposable
{
    private readonly RevocationServer _server = new();
    private readonly TestAuthority _root = new("Root");

    public static TheoryData<RevocationPolicy> Policies => [.. Enum.GetValues<RevocationPolicy>()];

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_list_of_the_configuration_tells_the_revoked_from_the_good(RevocationPolicy policy)
    {
        X509Certificate2 moon = _root.Issue("moon"), sun = _root.Issue("sun");
        AuthorityConfig authority = new("root", _root.Certificate) { CrlUris = [Crl(_root, moon)] };

        Assert.Contains("certificate 'CN=moon' is revoked", (await Judge(policy, authority, moon)).Reason, StringComparison.Ordinal);
        Assert.True((await Judge(policy, authority, sun)).AreTrusted);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_responder_of_the_configuration_tells_the_revoked_from_the_good(RevocationPolicy policy)
    {
        using OcspResponder responder = new(_root);
        X509Certificate2 moon = _root.Issue("moon"), sun = _root.Issue("sun");
        responder.Add(moon, revoked: true);
        responder.Add(sun, revoked: false);
        AuthorityConfig authority = new("root", _root.Certificate) { OcspUris = [new Uri(_server.Offer(responder.Answer))] };

        Assert.Contains("certificate 'CN=moon' is revoked", (await Judge(policy, authority, moon)).Reason, StringComparison.Ordinal);
        Assert.True((await Judge(policy, authority, sun)).AreTrusted);
    }

    [Theory]
    [InlineData(RevocationPolicy.Strict, false)]
    [InlineData(RevocationPolicy.IfUri, false)]
    [InlineData(RevocationPolicy.Relaxed, true)]
    public async Task An_answer_that_says_nothing_counts_by_policy(RevocationPolicy policy, bool trusted)
    {
        X509Certificate2 moon = _root.Issue("moon");
        using OcspResponder forger = new(_root, signer: new TestAuthority("Root")), unknowing = new(_root), honest = new(_root);
        forger.Add(moon, revoked: false);
        honest.Add(moon, revoked: false);
        byte[]? kept = null;
        byte[] Replayed(byte[] question) => kept ??= honest.Answer(question);
        Uri replayer = new(_server.Offer(Replayed));
        // An honest answer, once: it has the nonce of its question, and is worth nothing for the next.
        Assert.True((await Judge(policy, Asking(replayer), moon)).AreTrusted);

        foreach (Uri responder in new[] { replayer, new(_server.Offer(forger.Answer)), new(_server.Offer(unknowing.Answer)), new(_server.Offer(_ => [0x30, 0x03, 1, 2, 3])), new(RevocationServer.Nowhere()) })
            Assert.Equal(trusted, (await Judge(policy, Asking(responder), moon)).AreTrusted);
    }

    [Fact]
    public async Task Where_the_responder_is_dead_the_list_is_asked()
    {
        X509Certificate2 moon = _root.Issue("moon");
        AuthorityConfig authority = new("root", _root.Certificate) { OcspUris = [new Uri(RevocationServer.Nowhere())], CrlUris = [new Uri(RevocationServer.Nowhere()), Crl(_root, moon)] };

        Assert.Contains("is revoked", (await Judge(RevocationPolicy.Relaxed, authority, moon)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_of_another_authority_are_not_asked()
    {
        AuthorityConfig other = new("other", new TestAuthority("Other").Certificate) { CrlUris = [Crl(_root)] };
        using CertificateJudge judge = new(
            new RunningConfig(new GatewayConfig([], []) { Authorities = [_root.Certificate], NamedAuthorities = [other] }), TimeProvider.System, new RevocationSettings());

        Assert.False((await judge.JudgeAsync(RevocationServer.Question(RevocationPolicy.Strict, _root.Issue("moon")))).AreTrusted);
        Assert.Equal(0, _server.Requests);
    }

    private AuthorityConfig Asking(Uri responder) => new("root", _root.Certificate) { OcspUris = [responder] };

    private Uri Crl(TestAuthority authority, params X509Certificate2[] revoked) => new(_server.Offer(_ => authority.RevocationList(DateTimeOffset.UtcNow.AddHours(-1), revoked)));

    private static async Task<CertificatesJudged> Judge(RevocationPolicy policy, AuthorityConfig authority, X509Certificate2 certificate)
    {
        using CertificateJudge judge = new(
            new RunningConfig(new GatewayConfig([], []) { NamedAuthorities = [authority] }), TimeProvider.System, new RevocationSettings { Timeout = TimeSpan.FromSeconds(10) });
        return await judge.JudgeAsync(RevocationServer.Question(policy, certificate));
    }
}
