using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Concentrator.Actors.Node;
using Concentrator.Http;

namespace Concentrator.Tests.Http;

/// <summary>Bad input over HTTP: refused, counted, and no effect on tunnels.</summary>
public sealed class HttpGuardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-http-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_action_takes_the_token_and_comes_from_the_page_itself()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        stage.Gateways.Call();
        string id = await stage.IkeSaAsync();
        string terminate = $"/api/v1/ike-sas/{id}/terminate";
        (string What, HttpStatusCode Expected, HttpStatusCode Got)[] tries =
        [
            ("no token", HttpStatusCode.Unauthorized, await stage.PostAsync(terminate, token: null)),
            ("wrong token", HttpStatusCode.Unauthorized, await stage.PostAsync(terminate, "x" + stage.Token)),
            ("half a token", HttpStatusCode.Unauthorized, await stage.PostAsync(terminate, stage.Token[..20])),
            ("token in the address", HttpStatusCode.Unauthorized, await stage.PostAsync($"{terminate}?token={stage.Token}&authorization=Bearer+{stage.Token}", token: null)),
            ("another origin", HttpStatusCode.Forbidden, await stage.PostAsync(terminate, stage.Token, r => r.Headers.Add("Origin", "https://evil.example"))),
            ("no origin that can be told", HttpStatusCode.Forbidden, await stage.PostAsync(terminate, stage.Token, r => r.Headers.Add("Origin", "null"))),
            ("another site", HttpStatusCode.Forbidden, await stage.PostAsync(terminate, stage.Token, r => r.Headers.Add("Sec-Fetch-Site", "cross-site"))),
            ("another port of this host", HttpStatusCode.Forbidden, await stage.PostAsync(terminate, stage.Token, r => r.Headers.Add("Sec-Fetch-Site", "same-site"))),
            ("a form", HttpStatusCode.Forbidden, await stage.PostAsync(terminate, stage.Token, r => r.Headers.Remove(HttpGuard.ActionHeader))),
            ("a body", HttpStatusCode.RequestEntityTooLarge, await stage.PostAsync(terminate, stage.Token, r => r.Content = new StringContent("x"))),
            ("a name that leads here", HttpStatusCode.BadRequest, await stage.PostAsync(terminate, stage.Token, r => r.Headers.Host = "evil.example")),
            ("no such action", HttpStatusCode.NotFound, await stage.PostAsync($"/api/v1/ike-sas/{id}/explode", stage.Token)),
            ("no such child", HttpStatusCode.NotFound, await stage.PostAsync($"/api/v1/ike-sas/{id}/child-sas/99/terminate", stage.Token)),
        ];
        Assert.All(tries, tried => Assert.True(tried.Expected == tried.Got, $"{tried.What}: {tried.Got}"));
        Assert.Equal("ESTABLISHED", (await stage.GetAsync($"/api/v1/ike-sas/{id}")).GetProperty("state").GetString());
        Assert.Equal(
            new Dictionary<HttpRefusal, long>
            {
                [HttpRefusal.NoToken] = 2,
                [HttpRefusal.WrongToken] = 2,
                [HttpRefusal.CrossSite] = 5,
                [HttpRefusal.Body] = 1,
                [HttpRefusal.Host] = 1,
                [HttpRefusal.NotFound] = 2,
            },
            stage.Http.Refusals.ToDictionary());

        Assert.Equal(HttpStatusCode.Accepted, await stage.PostAsync(terminate, stage.Token, r => r.Headers.Add("Origin", stage.Http.Address)));
        await stage.UntilAsync("/api/v1/ike-sas", page => page.GetProperty("total").GetInt32() == 0, "the end of the IKE_SA");
    }

    [Fact]
    public async Task An_IKE_SA_and_a_child_are_rekeyed_and_a_child_is_closed()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        stage.Gateways.Call();
        string id = await stage.IkeSaAsync();
        string path = $"/api/v1/ike-sas/{id}";
        JsonElement before = await stage.UntilAsync(path, sa => Child(sa, "state") == "INSTALLED", "the child");
        string child = $"{path}/child-sas/{before.GetProperty("childSas")[0].GetProperty("id")}";

        Assert.Equal(HttpStatusCode.Accepted, await stage.PostAsync($"{path}/rekey", stage.Token));
        JsonElement rekeyed = await stage.UntilAsync(path, sa => sa.GetProperty("localSpi").GetString() != before.GetProperty("localSpi").GetString(), "new SPIs");
        Assert.True(rekeyed.GetProperty("keyedAt").GetDateTimeOffset() > before.GetProperty("keyedAt").GetDateTimeOffset());
        Assert.Equal(rekeyed.GetProperty("establishedAt").GetDateTimeOffset(), before.GetProperty("establishedAt").GetDateTimeOffset());

        Assert.Equal(HttpStatusCode.Accepted, await stage.PostAsync($"{child}/rekey", stage.Token));
        JsonElement two = await stage.UntilAsync(path, sa => sa.GetProperty("childSas").GetArrayLength() == 2 && sa.GetProperty("childSas")[1].GetProperty("state").GetString() == "INSTALLED", "the new child");
        string fresh = $"{path}/child-sas/{two.GetProperty("childSas")[1].GetProperty("id")}";
        Assert.Equal(HttpStatusCode.Accepted, await stage.PostAsync($"{fresh}/terminate", stage.Token));
        await stage.UntilAsync(path, sa => !sa.GetProperty("childSas").EnumerateArray().Any(c => c.GetProperty("state").GetString() == "INSTALLED"), "no child");
    }

    [Fact]
    public async Task What_is_read_from_another_site_is_refused_too()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        foreach ((string name, string value) in new[] { ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
        {
            foreach (string path in new[] { "/api/v1/status", "/api/v1/events", "/metrics" })
            {
                using HttpResponseMessage answer = await stage.SendAsync(new HttpRequestMessage(HttpMethod.Get, stage.At(path)) { Headers = { { name, value } } });
                Assert.Equal((path, HttpStatusCode.Forbidden), (path, answer.StatusCode));
                Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
            }
        }
    }

    [Theory]
    [InlineData("/../../etc/passwd")]
    [InlineData("/app.js/../../../etc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..%2f..%2fetc%2fpasswd")]
    [InlineData("/page/index.html")]
    [InlineData("//etc/passwd")]
    [InlineData("/api/v1/ike-sas/../../../../etc/passwd")]
    [InlineData("/api/v1/ike-sas/%00%00%00%00%00%00%00")]
    public async Task Paths_lead_to_nothing_but_what_is_there(string path)
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        string answer = await stage.RawAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 40[04] ", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_huge_body_is_not_read()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        string heads = "Host: localhost\r\nAuthorization: Bearer " + stage.Token + "\r\nX-Concentrator-Action: 1\r\n";
        string declared = await stage.RawAsync($"POST /api/v1/ike-sas/00000000000001/rekey HTTP/1.1\r\n{heads}Content-Length: 9999999999\r\n\r\nxxxx");
        string chunked = await stage.RawAsync($"POST /api/v1/ike-sas/00000000000001/rekey HTTP/1.1\r\n{heads}Transfer-Encoding: chunked\r\n\r\nffffff\r\nxxxx");
        Assert.StartsWith("HTTP/1.1 413 ", declared, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 413 ", chunked, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await stage.RawAsync($"GET / HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 20_000)}\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(2, stage.Http.Refusals[HttpRefusal.Body]);
    }

    [Fact]
    public async Task Slow_clients_are_cut_off_and_neither_probes_nor_tunnels_wait_for_them()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        stage.Gateways.Call();
        string id = await stage.IkeSaAsync();
        string path = $"/api/v1/ike-sas/{id}";
        string spi = (await stage.GetAsync(path)).GetProperty("localSpi").GetString()!;
        Uri address = new(stage.Http.Address);
        List<TcpClient> slow = [];
        try
        {
            for (int i = 0; i < 300; i++)
            {
                TcpClient client = new();
                slow.Add(client);
                await client.ConnectAsync(address.Host, address.Port, Cancel);
                await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: loc"u8.ToArray(), Cancel);
            }

            // The server is full of them; the tunnel does not know.
            stage.Gateways.Moon.Rekey(stage.Gateways.Moon.IkeSas[0].Session);
            await stage.Gateways.Transcript.UntilAsync(t => t.Messages().Count(m => m.StartsWith("CREATE_CHILD_SA response", StringComparison.Ordinal)) == 1, "the rekeying");
            await TakenAgainAsync(stage);
            await stage.UntilAsync(path, sa => sa.GetProperty("localSpi").GetString() != spi, "new SPIs");
            foreach (TcpClient client in slow) Assert.True(await IsCutOffAsync(client));
            using HttpResponseMessage metrics = await stage.SendAsync(new HttpRequestMessage(HttpMethod.Get, stage.At("/metrics")));
            string counted = await metrics.Content.ReadAsStringAsync(Cancel);
            Assert.Matches("kestrel_connection_duration_seconds_count\\{[^}]*error_type=\"request_headers_timeout\"", counted);
        }
        finally
        {
            foreach (TcpClient client in slow) client.Dispose();
        }
    }

    [Fact]
    public async Task Beyond_loopback_everything_but_probes_and_the_empty_page_takes_the_token()
    {
        (string certificate, string key) = MakeCertificate();
        await using DashboardStage stage = await DashboardStage.OpenAsync(
            change: options => options with { Endpoint = new IPEndPoint(IPAddress.Any, 0), Certificate = HttpCertificate.Load(certificate, key) });
        using HttpClientHandler trusting = new() { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=gateway.example.org" };
        using HttpClient client = new(trusting) { BaseAddress = new Uri($"https://127.0.0.1:{new Uri(stage.Http.Address).Port}") };
        foreach (string path in new[] { "/api/v1/status", "/api/v1/ike-sas", "/api/v1/events", "/metrics" })
        {
            using HttpResponseMessage without = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, without.StatusCode));
            Assert.Equal("Bearer", without.Headers.WwwAuthenticate.Single().Scheme);
            using HttpRequestMessage request = new(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", stage.Token) } };
            using HttpResponseMessage with = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            Assert.Equal((path, HttpStatusCode.OK), (path, with.StatusCode));
        }

        foreach (string path in new[] { "/", "/healthz", "/readyz" })
            Assert.True((await client.GetAsync(new Uri(path, UriKind.Relative), Cancel)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_page_may_load_nothing_from_anywhere_else_and_be_framed_by_nobody()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        using HttpResponseMessage page = await stage.SendAsync(new HttpRequestMessage(HttpMethod.Get, stage.At("/")));
        string policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        using HttpRequestMessage again = new(HttpMethod.Get, stage.At("/")) { Headers = { IfNoneMatch = { page.Headers.ETag! } } };
        using HttpResponseMessage known = await stage.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Theory]
    [InlineData("0.0.0.0:9180", false, true, "--http-cert")]
    [InlineData("0.0.0.0:9180", true, false, "--http-token-file")]
    [InlineData("[::]:9180", false, false, "other hosts")]
    [InlineData("192.0.2.1:9180", false, true, "loopback")]
    public void An_address_that_others_reach_takes_TLS_and_a_token(string endpoint, bool tls, bool token, string says)
    {
        (string certificate, string key) = MakeCertificate();
        HttpOptions options = new(IPEndPoint.Parse(endpoint))
        {
            Certificate = tls ? HttpCertificate.Load(certificate, key) : null,
            Token = token ? HttpToken.Load(Path.Combine(_folder, "token")) : null,
        };
        Assert.Contains(says, Assert.Throws<HttpException>(options.Check).Message, StringComparison.Ordinal);
        Assert.Contains("--http-key", Assert.Throws<HttpException>(() => HttpCertificate.Load(certificate, null)).Message, StringComparison.Ordinal);
        Assert.Contains(key, Assert.Throws<HttpException>(() => HttpCertificate.Load(key, key)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost:9180")]
    [InlineData("9180")]
    [InlineData("::1")]
    public void An_address_without_a_port_is_none(string text) => Assert.Throws<HttpException>(() => HttpOptions.ParseEndpoint(text));

    [Fact]
    public void A_token_is_made_for_its_owner_alone_and_kept()
    {
        string file = Path.Combine(_folder, "token");
        HttpToken made = HttpToken.Load(file);
        string text = File.ReadAllText(file).Trim();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(43, text.Length);
        Assert.True(made.IsIn($"Bearer {text}") && HttpToken.Load(file).IsIn($"bearer {text} "));
        Assert.False(made.IsIn(text) || made.IsIn("Bearer ") || made.IsIn(null) || made.IsIn($"Basic {text}") || made.IsIn($"Bearer {text}x"));

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<NodeStartException>(() => HttpToken.Load(file)).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(file, "secret\n" + new string('\n', 60));
        Assert.Contains("is no secret of 32", Assert.Throws<NodeStartException>(() => HttpToken.Load(file)).Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string? Child(JsonElement ikeSa, string name) =>
        ikeSa.GetProperty("childSas") is { } children && children.GetArrayLength() > 0 ? children[0].GetProperty(name).GetString() : null;

    private static async Task TakenAgainAsync(DashboardStage stage)
    {
        for (int tries = 0; tries < 150; tries++)
        {
            try
            {
                // A connection of its own, as a supervisor's.
                using HttpClient probe = new() { Timeout = TimeSpan.FromSeconds(2) };
                using HttpResponseMessage answer = await probe.GetAsync(stage.At("/healthz"), Cancel);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception refused) when (refused is HttpRequestException or TaskCanceledException && !Cancel.IsCancellationRequested)
            {
                await Task.Delay(100, Cancel);
            }
        }

        Assert.Fail("The probe was not answered within 15 s.");
    }

    /// <summary>Everything that is sent to it is read, and then its end.</summary>
    private static async Task<bool> IsCutOffAsync(TcpClient client)
    {
        byte[] answer = new byte[1024];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(15));
        try
        {
            while (await client.GetStream().ReadAsync(answer, patience.Token) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private (string Certificate, string Key) MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=gateway.example.org", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
        (string certificateFile, string keyFile) = (Path.Combine(_folder, "cert.pem"), Path.Combine(_folder, "key.pem"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem(), Encoding.ASCII);
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem(), Encoding.ASCII);
        return (certificateFile, keyFile);
    }
}
