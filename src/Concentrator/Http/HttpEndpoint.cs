using System.Net;
using System.Net.Sockets;
using Concentrator.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Concentrator.Http;

/// <summary>
/// The gateway's web server, on loopback: <c>/metrics</c> for Prometheus, <c>/healthz</c> (the program lives), <c>/readyz</c> (it listens for IKE). Owned by the program.
/// </summary>
internal sealed class HttpEndpoint : IAsyncDisposable
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly WebApplication _web;
    private volatile bool _isReady = true;

    private HttpEndpoint(WebApplication web) => _web = web;

    /// <summary>Where it listens: the true port, even where 0 was asked for.</summary>
    public string Address => _web.Urls.First();

    /// <exception cref="HttpException">It cannot listen there; the message says why.</exception>
    public static async Task<HttpEndpoint> StartAsync(IPEndPoint endpoint, ILoggerFactory logging, CancellationToken cancel)
    {
        // Whoever can reach another address sees every tunnel: that takes TLS and a token, which there are not yet.
        if (!IPAddress.IsLoopback(endpoint.Address)) throw new HttpException($"{endpoint}: only a loopback address is supported yet");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(logging);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(endpoint);
            server.AddServerHeader = false;
            server.Limits.MaxConcurrentConnections = 256;
            server.Limits.MaxRequestBodySize = 64 * 1024;
        });
        // A page of somebody else's, under a name that leads here, is not for us.
        builder.Services.AddHostFiltering(hosts => hosts.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("concentrator")).WithMetrics(metrics => metrics
            .AddMeter(GatewayMeter.Name, "System.Runtime")
            // Names that promtool finds at fault: a gauge may not end like a counter, nor the other way round.
            .AddView("dotnet.assembly.count", MetricStreamConfiguration.Drop)
            .AddView("dotnet.timer.count", "dotnet.timers")
            .AddView("dotnet.process.cpu.count", "dotnet.process.cpus")
            .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 1000));
        WebApplication web = builder.Build();
        HttpEndpoint http = new(web);
        web.UseHostFiltering();
        web.MapPrometheusScrapingEndpoint("/metrics");
        web.MapGet("/healthz", () => Results.Text("ok\n"));
        web.MapGet("/readyz", () => http._isReady ? Results.Text("ready\n") : Results.Text("stopping\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        try
        {
            await web.StartAsync(cancel).ConfigureAwait(false);
            return http;
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            await web.DisposeAsync().ConfigureAwait(false);
            throw new HttpException($"{endpoint}: {refused.Message}");
        }
    }

    /// <summary>The gateway stops: load balancers shall look elsewhere.</summary>
    public void Retire() => _isReady = false;

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource grace = new(StopGrace);
        await _web.StopAsync(grace.Token).ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>The web server cannot listen. The message is for people.</summary>
internal sealed class HttpException(string message) : Exception(message);
