using System.Diagnostics;
using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Demo;
using Concentrator.Http;
using Concentrator.Ike.Session;
using Concentrator.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Tests.Http;

/// <summary>The web server, and what the gateway counts: as Prometheus sees it.</summary>
[Collection(nameof(GatewayMeter))]
public sealed class HttpEndpointTests
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task Metrics_tell_what_happened_and_please_promtool()
    {
        using GatewayMeter meter = new();
        await using Stage stage = await Stage.OpenAsync(new StageSetup());
        using IDisposable observing = stage.Moon.Events.Subscribe(meter);
        Installation installation = new();
        using IDisposable watching = stage.Moon.Events.Subscribe(installation);
        meter.Attach(stage.Moon);
        await using HttpEndpoint http = await StartAsync();

        stage.Call();
        await installation.Done.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        string metrics = await Client.GetStringAsync(new Uri($"{http.Address}/metrics"), Cancel);

        Assert.Equal(1, Value(metrics, "concentrator_ike_sas", "state=\"ESTABLISHED\""));
        Assert.Equal(1, Value(metrics, "concentrator_child_sas", "state=\"INSTALLED\""));
        Assert.Equal(1, Value(metrics, "concentrator_ike_sa_established_total", "role=\"initiator\""));
        Assert.Equal(1, Value(metrics, "concentrator_exchange_duration_seconds_count", "exchange=\"IKE_AUTH\""));
        Assert.Equal(1, Value(metrics, "concentrator_kernel_call_duration_seconds_count", "call=\"InstallSas\""));
        Assert.Equal(1, Value(metrics, "concentrator_messages_total", "exchange=\"IKE_SA_INIT\"", "kind=\"request\"", "direction=\"out\"", "repeated=\"no\""));
        Assert.InRange(Value(metrics, "concentrator_mailbox_depth", "actor=\"kernel\""), 0, 10);
        Assert.Equal(0, Value(metrics, "concentrator_esp_packets_total", "direction=\"in\""));
        Assert.InRange(Value(metrics, "concentrator_kernel_wait_duration_seconds_count"), 1, 10);
        Assert.Contains("concentrator_ike_sas_half_open", metrics, StringComparison.Ordinal);
        Assert.Equal("", await PromtoolAsync(metrics));
    }

    [Fact]
    public async Task Probes_are_answered_until_the_gateway_goes()
    {
        await using HttpEndpoint http = await StartAsync();
        Assert.Equal("ok\n", await Client.GetStringAsync(new Uri($"{http.Address}/healthz"), Cancel));
        Assert.Equal("ready\n", await Client.GetStringAsync(new Uri($"{http.Address}/readyz"), Cancel));
        http.Retire();
        Assert.Equal("ok\n", await Client.GetStringAsync(new Uri($"{http.Address}/healthz"), Cancel));
        using HttpResponseMessage going = await Client.GetAsync(new Uri($"{http.Address}/readyz"), Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, going.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/../etc/passwd")]
    [InlineData("/metrics/../../etc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    public async Task Nothing_else_is_served(string path)
    {
        await using HttpEndpoint http = await StartAsync();
        using HttpResponseMessage answer = await Client.GetAsync(new Uri(http.Address + path), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_name_of_somebody_elses_that_leads_here_is_not_served()
    {
        await using HttpEndpoint http = await StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"{http.Address}/metrics")) { Headers = { Host = "metrics.example.org" } };
        using HttpResponseMessage answer = await Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("192.0.2.1:9180")]
    [InlineData("[::]:0")]
    public async Task Only_loopback_is_listened_on(string endpoint)
    {
        HttpException refused = await Assert.ThrowsAsync<HttpException>(() => StartAsync(IPEndPoint.Parse(endpoint)));
        Assert.Contains("loopback", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        await using HttpEndpoint first = await StartAsync();
        IPEndPoint taken = new(IPAddress.Loopback, new Uri(first.Address).Port);
        HttpException refused = await Assert.ThrowsAsync<HttpException>(() => StartAsync(taken));
        Assert.Contains("address already in use", refused.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<HttpEndpoint> StartAsync() => StartAsync(new IPEndPoint(IPAddress.Loopback, 0));

    private static Task<HttpEndpoint> StartAsync(IPEndPoint endpoint) => HttpEndpoint.StartAsync(new HttpOptions(endpoint), view: null, NullLoggerFactory.Instance, Cancel);

    /// <summary>Of the one line with this name and these labels.</summary>
    private static double Value(string metrics, string name, params string[] labels)
    {
        string line = Assert.Single(metrics.Split('\n'), l => l.StartsWith(name + '{', StringComparison.Ordinal) && labels.All(label => l.Contains(label, StringComparison.Ordinal)));
        return double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>What <c>promtool check metrics</c> finds wrong; empty when it ends with 0.</summary>
    private static async Task<string> PromtoolAsync(string metrics)
    {
        using Process promtool = Process.Start(new ProcessStartInfo("promtool", "check metrics") { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await promtool.StandardInput.WriteAsync(metrics);
        promtool.StandardInput.Close();
        string found = await promtool.StandardError.ReadToEndAsync(Cancel) + await promtool.StandardOutput.ReadToEndAsync(Cancel);
        await promtool.WaitForExitAsync(Cancel);
        return promtool.ExitCode == 0 ? "" : $"{promtool.ExitCode}: {found}";
    }

    private sealed class Installation : IObserver<NodeEvent>
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public void OnNext(NodeEvent value)
        {
            if (value is ChildSaStateChanged { To: ChildSaState.Installed }) _done.TrySetResult();
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
