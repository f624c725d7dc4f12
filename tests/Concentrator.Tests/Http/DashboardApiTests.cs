using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Demo;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using SessionDirectory = Concentrator.Actors.IkeSa.SessionDirectory;

namespace Concentrator.Tests.Http;

/// <summary>What the dashboard's API tells: the rows of the seed, as an operator sees them.</summary>
public sealed class DashboardApiTests(ITestOutputHelper output)
{
    private const int Many = 100_000;

    // Row S1
    [Fact]
    public async Task An_installed_child_is_seen_with_its_keys_its_traffic_and_its_ladder()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        stage.Gateways.Call();
        string id = await stage.IkeSaAsync();
        JsonElement ikeSa = await stage.UntilAsync($"/api/v1/ike-sas/{id}", sa => Text(sa.GetProperty("childSas")[0], "state") == "INSTALLED", "the child");
        JsonElement child = ikeSa.GetProperty("childSas")[0];

        Assert.Equal(("sun", "ESTABLISHED", "initiator"), (Text(ikeSa, "name"), Text(ikeSa, "state"), Text(ikeSa, "role")));
        Assert.Equal("IKE:AES_GCM_16_128/PRF_HMAC_SHA2_256/CURVE_25519", Text(ikeSa, "suite"));
        Assert.True(ikeSa.GetProperty("keyedAt").GetDateTimeOffset() >= ikeSa.GetProperty("establishedAt").GetDateTimeOffset());
        Assert.Equal(("net", "tunnel", "10.1.0.0/24"), (Text(child, "name"), Text(child, "mode"), child.GetProperty("localSelectors")[0].GetString()));
        stage.Gateways.MoonKernel.Carry(new SaId(IPAddress.Loopback, Convert.ToUInt32(Text(child, "spiIn"), 16)), octets: 4711, packets: 42);
        await stage.UntilAsync($"/api/v1/ike-sas/{id}", sa => sa.GetProperty("childSas")[0].GetProperty("bytesIn").GetUInt64() == 4711, "the traffic");

        string[] ladder = await LadderAsync(stage, id);
        Assert.Equal(4, ladder.Count(step => step.Contains("IKE_", StringComparison.Ordinal) && step.Contains('[', StringComparison.Ordinal)));
        Assert.Equal("left state IKE_SA CREATED => CONNECTING", ladder[0]);
        Assert.StartsWith("left message IKE_SA_INIT request 0", ladder[1], StringComparison.Ordinal);
        Assert.Contains(ladder, step => step.StartsWith("right message IKE_AUTH response 1", StringComparison.Ordinal));
        Assert.Equal(2, ladder.Count(step => step.StartsWith("left kernel XFRM_MSG_NEWSA", StringComparison.Ordinal)));
        Assert.Equal(3, ladder.Count(step => step.StartsWith("left kernel XFRM_MSG_NEWPOLICY", StringComparison.Ordinal)));

        JsonElement status = await stage.GetAsync("/api/v1/status");
        Assert.Equal((1, 1, 2, 3), (status.GetProperty("ikeSas").GetProperty("ESTABLISHED").GetInt32(), status.GetProperty("childSas").GetProperty("INSTALLED").GetInt32(),
            status.GetProperty("kernel").GetProperty("sas").GetInt32(), status.GetProperty("kernel").GetProperty("policies").GetInt32()));
        JsonElement cluster = await stage.GetAsync("/api/v1/cluster");
        JsonElement node = Assert.Single(cluster.GetProperty("nodes").EnumerateArray().ToArray());
        Assert.Equal((256, "Up", 1), (node.GetProperty("shards").GetInt32(), Text(node, "status"), cluster.GetProperty("ikeSasByShard").EnumerateArray().Sum(n => n.GetInt32())));
        JsonElement rates = await stage.GetAsync("/api/v1/rates");
        Assert.Equal(1, rates.GetProperty("intervals").EnumerateArray().Sum(interval => interval.GetProperty("setUps").GetInt32()));
    }

    // Row S2
    [Fact]
    public async Task A_refusal_is_fed_with_its_errno_its_hint_and_its_owner()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        stage.Gateways.MoonKernel.Refuse(XfrmStep.InboundSa, Errno.EPROTONOSUPPORT, "Requested type not found");
        stage.Gateways.Call();
        string id = await stage.IkeSaAsync();
        JsonElement refusal = (await stage.UntilAsync("/api/v1/refusals", feed => feed.GetProperty("next").GetInt32() == 1, "a refusal")).GetProperty("refusals")[0];

        Assert.Equal(("inbound SA", "EPROTONOSUPPORT", "Requested type not found"), (Text(refusal, "step"), Text(refusal, "errnoName"), Text(refusal, "kernelSays")));
        Assert.Contains("modprobe esp4", Text(refusal, "hint"), StringComparison.Ordinal);
        Assert.Equal((id, "sun[1]", "net{1}"), (Text(refusal, "ikeSaId"), Text(refusal, "ikeSa"), Text(refusal, "childSa")));
        await stage.UntilAsync($"/api/v1/ike-sas/{id}/ladder", ladder => Steps(ladder).Any(step => step.Contains("INFORMATIONAL response 2 [ D ]", StringComparison.Ordinal)), "the Delete");
        string[] steps = await LadderAsync(stage, id);
        int refused = Array.FindIndex(steps, step => step.Contains("→ EPROTONOSUPPORT \"Requested type not found\" !", StringComparison.Ordinal));
        int hint = Array.FindIndex(steps, step => step.Contains("EPROTONOSUPPORT: no ESP support", StringComparison.Ordinal));
        int delete = Array.FindIndex(steps, step => step.StartsWith("left message INFORMATIONAL request 2 [ D ]", StringComparison.Ordinal));
        Assert.True(refused >= 0 && refused < hint && hint < delete, string.Join('\n', steps));
    }

    // Row S4
    [Fact]
    public async Task What_failed_is_still_there_to_be_looked_at()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync(new StageSetup("aes256-sha256-modp2048", WrongKey: true));
        stage.Gateways.Call();
        JsonElement head = (await stage.UntilAsync(
            "/api/v1/ladders?q=sun", list => list.GetProperty("ladders") is var l && l.GetArrayLength() == 1 && l[0].GetProperty("over").ValueKind == JsonValueKind.Object, "the end"))
            .GetProperty("ladders")[0];
        string id = Text(head, "id");

        Assert.Equal("AuthenticationFailed", Text(head.GetProperty("over"), "reason"));
        Assert.Equal(0, (await stage.GetAsync("/api/v1/ike-sas")).GetProperty("total").GetInt32());
        JsonElement ikeSa = await stage.GetAsync($"/api/v1/ike-sas/{id}");
        Assert.Equal(("sun", "AuthenticationFailed"), (Text(ikeSa, "name"), Text(ikeSa.GetProperty("over"), "reason")));
        string[] steps = await LadderAsync(stage, id);
        Assert.Contains("right message IKE_AUTH response 1 [ N(AUTH_FAILED) ] 80", steps);
        Assert.Contains(steps, step => step.Contains("IKE_SA CONNECTING => DESTROYING", StringComparison.Ordinal));
        Assert.Equal(1, (await stage.GetAsync("/api/v1/status")).GetProperty("failures").GetProperty("AuthenticationFailed").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await stage.SendAsync(new HttpRequestMessage(HttpMethod.Get, stage.At("/api/v1/ike-sas/00000000000001")))).StatusCode);
    }

    [Fact]
    public async Task A_stream_tells_steps_as_they_happen()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        using HttpResponseMessage answer = await stage.SendAsync(new HttpRequestMessage(HttpMethod.Get, stage.At("/api/v1/trace?q=sun")));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        stage.Gateways.Call();
        List<string> seen = [];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(15));
        while (!seen.Any(line => line.Contains("INSTALLING =\\u003E INSTALLED", StringComparison.Ordinal)))
            seen.Add(await lines.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("The stream ended."));
        string all = string.Concat(seen);
        Assert.Contains("event: ladder", all, StringComparison.Ordinal);
        foreach (string step in new[] { "IKE_SA_INIT request 0", "IKE_AUTH response 1", "XFRM_MSG_NEWSA in" })
            Assert.Single(Occurrences(all, step));
    }

    [Fact]
    public async Task Pages_and_searches_over_a_hundred_thousand_are_quick()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        SessionDirectory sessions = stage.Gateways.Moon.Context.Sessions;
        List<SessionEntry> entries = [.. Fill(sessions)];
        try
        {
            foreach ((string what, string query, int fitting) in new[]
            {
                ("first page", "", Many), ("page in the middle", "offset=50000", Many), ("by name", "q=office-77777", 1), ("by address", "q=10.1.47.209", 1), ("by state", "state=connecting", Many / 5),
                ("without a hit", "q=nowhere", 0),
            })
            {
                string path = $"/api/v1/ike-sas?{query}";
                Assert.Equal(fitting, (await stage.GetAsync(path)).GetProperty("fitting").GetInt32());
                long started = Stopwatch.GetTimestamp();
                JsonElement page = await stage.GetAsync(path);
                TimeSpan took = Stopwatch.GetElapsedTime(started);
                output.WriteLine($"{what} of {Many:N0} IKE_SAs over HTTP: {took.TotalMilliseconds:F1} ms, {page.GetProperty("ikeSas").GetArrayLength()} rows");
                Assert.True(took < TimeSpan.FromSeconds(1), $"{what}: {took}");
            }

            long asked = Stopwatch.GetTimestamp();
            JsonElement cluster = await stage.GetAsync("/api/v1/cluster");
            output.WriteLine($"cluster map with {Many:N0} IKE_SAs over HTTP: {Stopwatch.GetElapsedTime(asked).TotalMilliseconds:F1} ms");
            Assert.Equal(Many, cluster.GetProperty("ikeSasByShard").EnumerateArray().Sum(n => n.GetInt32()));
        }
        finally
        {
            foreach (SessionEntry entry in entries) sessions.Remove(entry);
        }
    }

    [Theory]
    [InlineData("/api/v1/ike-sas?limit=0", 1)]
    [InlineData("/api/v1/ike-sas?limit=100000&offset=99999999999999999999", 200)]
    [InlineData("/api/v1/ike-sas?limit=-1&offset=-7&state=%00", 50)]
    public async Task Numbers_that_are_none_do_no_harm(string path, int limit)
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        Assert.Equal(limit, (await stage.GetAsync(path)).GetProperty("limit").GetInt32());
    }

    [Fact]
    public async Task The_reference_names_every_route_and_no_other()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        string reference = await File.ReadAllTextAsync(Path.Combine(Repository(), "docs", "http.md"), TestContext.Current.CancellationToken);
        string[] named = [.. Regex.Matches(reference, @"^\| `((?:GET|POST) /[^`]*)` \|", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
        string[] served = [.. stage.Http.Routes.Where(route => route.Contains("/api/", StringComparison.Ordinal) || !Path.HasExtension(route) && route != "GET /").Order(StringComparer.Ordinal)];
        Assert.Equal(served, named);
    }

    private static string Repository([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    private static IEnumerable<SessionEntry> Fill(SessionDirectory directory)
    {
        for (int i = 1; i <= Many; i++)
        {
            SessionId session = new((ulong)i * 0x9e3779b97f4a7c15);
            Assert.True(directory.TryEnter(session) && directory.TryFind(session, out _));
            directory.TryFind(session, out SessionEntry? entry);
            entry!.Show(new IkeSaSnapshot(
                session, $"office-{i}", i, i % 5 == 0 ? IkeSaState.InitRequested : IkeSaState.Established, false, session.Spi().Value, (ulong)i, new IPEndPoint(IPAddress.Loopback, 500),
                new IPEndPoint(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 500), "gateway.example.org", $"client{i}.example.org", []));
            entry.Show(new ChildSaSnapshot(1, "net", i, ChildSaState.Installed, 0xc0000000 + (uint)i, 0xd0000000 + (uint)i));
            yield return entry;
        }
    }

    private static async Task<string[]> LadderAsync(DashboardStage stage, string id) => Steps(await stage.GetAsync($"/api/v1/ike-sas/{id}/ladder"));

    /// <summary>Like <c>left message IKE_AUTH request 1 [ … ] 240</c>; what is bad ends with an exclamation mark.</summary>
    private static string[] Steps(JsonElement ladder) => [.. ladder.GetProperty("steps").EnumerateArray().Select(step =>
        $"{Text(step, "side")} {Text(step, "kind")} {Text(step, "text")}{(step.GetProperty("octets") is { ValueKind: JsonValueKind.Number } octets ? $" {octets}" : "")}{(step.GetProperty("isBad").GetBoolean() ? " !" : "")}")];

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static IEnumerable<int> Occurrences(string all, string part)
    {
        for (int at = all.IndexOf(part, StringComparison.Ordinal); at >= 0; at = all.IndexOf(part, at + 1, StringComparison.Ordinal)) yield return at;
    }
}
