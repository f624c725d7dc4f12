using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Concentrator.Demo;
using Concentrator.Http;
using Concentrator.Ladders;
using Concentrator.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Tests.Http;

/// <summary>Two gateways in this process, moon with its dashboard on a true socket, and a client who knows the token or does not.</summary>
internal sealed class DashboardStage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-http-").FullName;
    private readonly HttpClient _client = new() { Timeout = Patience };

    public Stage Gateways { get; private init; } = null!;

    public HttpEndpoint Http { get; private set; } = null!;

    public LadderRecorder Ladders { get; } = new(LadderRecorder.DefaultLadders, LadderRecorder.DefaultSteps);

    public string Token { get; private set; } = "";

    public static async Task<DashboardStage> OpenAsync(StageSetup? setup = null, Func<HttpOptions, HttpOptions>? change = null)
    {
        DashboardStage stage = new() { Gateways = await Stage.OpenAsync(setup ?? new StageSetup()) };
        RateHistory rates = new(TimeProvider.System);
        RefusalFeed refusals = new();
        stage.Ladders.Attach(stage.Gateways.Moon);
        stage.Gateways.Moon.Events.Subscribe(new NodeObservers(stage.Ladders, rates, refusals));
        string file = Path.Combine(stage._folder, "token");
        HttpOptions options = new(new IPEndPoint(IPAddress.Loopback, 0)) { Token = HttpToken.Load(file) };
        stage.Token = (await File.ReadAllTextAsync(file)).Trim();
        stage.Http = await HttpEndpoint.StartAsync(
            change?.Invoke(options) ?? options, new GatewayView(stage.Gateways.Moon, stage.Ladders, rates, refusals), NullLoggerFactory.Instance, Cancel);
        return stage;
    }

    public Uri At(string path) => new(Http.Address + path);

    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage answer = await _client.GetAsync(At(path), Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel))!;
    }

    /// <summary>Asks again until it is so, or the patience is spent.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> isSo, string what)
    {
        using CancellationTokenSource patience = new(Patience);
        JsonElement seen = default;
        while (!patience.IsCancellationRequested)
        {
            seen = await GetAsync(path);
            if (isSo(seen)) return seen;
            await Task.Delay(20, Cancel);
        }

        throw new TimeoutException($"waited for {what}; last: {seen}");
    }

    /// <summary>As the page does it.</summary>
    public async Task<HttpStatusCode> PostAsync(string path, string? token, Action<HttpRequestMessage>? change = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, At(path)) { Headers = { { HttpGuard.ActionHeader, "1" } } };
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        change?.Invoke(request);
        using HttpResponseMessage answer = await _client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);

    /// <summary>Octets as they are, for what HttpClient would put right.</summary>
    public async Task<string> RawAsync(string request)
    {
        using System.Net.Sockets.TcpClient tcp = new();
        Uri address = new(Http.Address);
        await tcp.ConnectAsync(address.Host, address.Port, Cancel);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        using StreamReader answer = new(tcp.GetStream());
        return await answer.ReadToEndAsync(Cancel).WaitAsync(Patience, Cancel);
    }

    /// <summary>The one IKE SA that there is.</summary>
    public async Task<string> IkeSaAsync() => (await UntilAsync("/api/v1/ike-sas?state=established", page => page.GetProperty("fitting").GetInt32() == 1, "an IKE_SA"))
        .GetProperty("ikeSas")[0].GetProperty("id").GetString()!;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Http.DisposeAsync();
        await Gateways.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
