using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>A server that kept one peer waiting in vain keeps nobody else waiting for a minute, by a clock that moves when the server is asked.</summary>
public sealed class DeadServerTests : IDisposable
{
    private readonly RevocationServer _slow = new();
    private readonly RevocationServer _good = new();
    private readonly TestAuthority _root = new("Root");
    private readonly Clock _clock = new(DateTimeOffset.UtcNow) { StandsStill = true };
    private readonly Dictionary<bool, CertificateJudge> _judges = [];

    public static TheoryData<RevocationPolicy, bool> Cases => new()
    {
        { RevocationPolicy.Relaxed, true },
        { RevocationPolicy.IfUri, false },
        { RevocationPolicy.Strict, false },
    };

    public void Dispose()
    {
        _slow.Dispose();
        _good.Dispose();
        foreach (CertificateJudge judge in _judges.Values) judge.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_is_not_asked_again_for_a_minute(RevocationPolicy policy, bool trusted)
    {
        foreach (bool isPartial in new[] { false, true })
        {
            int before = _slow.Requests;
            TestAuthority authority = isPartial ? new TestAuthority("Sales", _root) : _root;
            Assert.Equal(trusted, (await Judge(policy, authority, authority.Issue("moon", Slow()))).AreTrusted);
            int first = _slow.Requests;
            Assert.True(first > before);

            // Others, whose certificates name the same server.
            for (int i = 0; i < 20; i++) Assert.Equal(trusted, (await Judge(policy, authority, authority.Issue($"sun-{i}", Slow()))).AreTrusted);
            Assert.Equal(first, _slow.Requests);

            _clock.Now += TimeSpan.FromMinutes(2);
            Assert.Equal(trusted, (await Judge(policy, authority, authority.Issue("mars", Slow()))).AreTrusted);
            Assert.True(_slow.Requests > first);
            _clock.Now += TimeSpan.FromMinutes(2);
        }
    }

    [Fact]
    public async Task Who_else_is_named_is_asked_all_the_same()
    {
        Assert.True((await Judge(RevocationPolicy.Relaxed, _root, _root.Issue("moon", Slow()))).AreTrusted);

        // The dead server's certificate stands below one that the other server knows to be revoked.
        X509Certificate2? revoked = null;
        TestAuthority middle = new(
            "Middle", _root, null, RevocationServer.Crl(_good.Offer(_ => _root.RevocationList(DateTimeOffset.UtcNow.AddHours(-1), revoked!))));
        revoked = middle.Certificate;
        CertificatesJudged judged = await Judge(RevocationPolicy.Relaxed, _root, middle.Issue("moon", Slow()), middle.Certificate);

        Assert.Contains("'CN=Middle' is revoked", judged.Reason, StringComparison.Ordinal);
        Assert.Equal(1, _good.Requests);
    }

    [Fact]
    public async Task One_that_fails_at_once_is_asked_each_time()
    {
        string url = _good.Offer(_ => [1, 2, 3]);
        for (int i = 1; i <= 3; i++)
        {
            await Judge(RevocationPolicy.Relaxed, _root, _root.Issue("moon", RevocationServer.Crl(url)));
            Assert.Equal(i, _good.Requests);
        }
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        DeadServers dead = new(new RevocationSettings(), _clock);
        Uri[] servers = [.. Enumerable.Range(0, 10_000).Select(i => new Uri($"http://host-{i}/crl"))];
        dead.NoteVain(servers, TimeSpan.FromSeconds(5));
        Assert.Equal(256, servers.Count(dead.Has));
        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(0, servers.Count(dead.Has));
        dead.NoteVain(servers[^1..], TimeSpan.FromSeconds(5));
        Assert.True(dead.Has(servers[^1]));
    }

    private X509Extension Slow() => RevocationServer.Crl(_slow.Offer(_ =>
    {
        _clock.Now += TimeSpan.FromSeconds(3);
        return [];
    }));

    private Task<CertificatesJudged> Judge(RevocationPolicy policy, TestAuthority authority, params X509Certificate2[] chain)
    {
        bool isPartial = authority != _root;
        if (!_judges.TryGetValue(isPartial, out CertificateJudge? judge))
            _judges[isPartial] = judge = new CertificateJudge(new RunningConfig(new GatewayConfig([], []) { Authorities = [authority.Certificate] }), _clock);
        return judge.JudgeAsync(RevocationServer.Question(policy, chain));
    }
}
