using System.Net.Sockets;
using Concentrator.Http.Api;
using Concentrator.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Concentrator.Http;

/// <summary>
/// The gateway's web server: the dashboard at <c>/</c>, its JSON API under <c>/api/v1</c>, <c>/metrics</c> for Prometheus, <c>/healthz</c> (the program lives),
/// <c>/readyz</c> (it listens for IKE). Owned by the program.
/// </summary>
internal sealed class HttpEndpoint : IAsyncDisposable
{
    private const int MostConnections = 256;
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly WebApplication _web;
    private readonly HttpRefusals _refusals;
    private readonly MeterProvider _meters;
    private ReadRoutes? _reads;
    private volatile bool _isReady = true;

    private HttpEndpoint(WebApplication web, HttpRefusals refusals, MeterProvider meters)
    {
        _web = web;
        _refusals = refusals;
        _meters = meters;
    }

    /// <summary>Where it listens: the true port, even where 0 was asked for.</summary>
    public string Address => _web.Urls.First();

    /// <summary>Everything that is served, as <c>GET /healthz</c>.</summary>
    public IEnumerable<string> Routes => _web.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Select(route => $"{route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET"} /{route.RoutePattern.RawText!.TrimStart('/')}");

    public IReadOnlyDictionary<HttpRefusal, long> Refusals => _refusals.Counts;

    /// <param name="options">Where, and how it is protected.</param>
    /// <param name="view">What is shown; null: probes and metrics alone.</param>
    /// <param name="logging">Where what is done over HTTP is logged.</param>
    /// <param name="cancel">Gives up starting.</param>
    /// <param name="meters">From <see cref="OpenMeters"/>, whose owner this becomes; null: what is counted from now on.</param>
    /// <exception cref="HttpException">It cannot listen there, or must not without protection; the message says why.</exception>
    public static async Task<HttpEndpoint> StartAsync(HttpOptions options, GatewayView? view, ILoggerFactory logging, CancellationToken cancel, MeterProvider? meters = null)
    {
        options.Check();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(logging);
        builder.WebHost.UseKestrelHttpsConfiguration();
        Listen(builder, options);
        WebApplication web = builder.Build();
        HttpEndpoint http = new(web, new HttpRefusals(), meters ?? OpenMeters());
        http.Map(options, view, logging);
        try
        {
            await web.StartAsync(cancel).ConfigureAwait(false);
            return http;
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            await http.DisposeAsync().ConfigureAwait(false);
            throw new HttpException($"{options.Endpoint}: {refused.Message}");
        }
    }

    /// <summary>The gateway stops: load balancers shall look elsewhere.</summary>
    public void Retire() => _isReady = false;

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource grace = new(StopGrace);
        await _web.StopAsync(grace.Token).ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
        _meters.Dispose();
        _reads?.Dispose();
        _refusals.Dispose();
    }

    private static void Listen(WebApplicationBuilder builder, HttpOptions options)
    {
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(options.Endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (options.Certificate is { } tls) listen.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (tls.Own, tls.Chain));
            });
            server.AddServerHeader = false;
            // Who is slow, or asks for much, keeps nobody else waiting: probes must be answered, or a supervisor ends a gateway that is well.
            server.Limits.MaxConcurrentConnections = MostConnections;
            server.Limits.MaxRequestBodySize = 0;
            server.Limits.MaxRequestLineSize = 4 * 1024;
            server.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            server.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        });
    }

    /// <summary>Keeps for <c>/metrics</c> what is counted from now on: opened before the node, so that what happens while it starts is not lost.</summary>
    public static MeterProvider OpenMeters() => Sdk.CreateMeterProviderBuilder().ConfigureResource(resource => resource.AddService("concentrator"))
        .AddMeter(GatewayMeter.Name, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
        // Names that promtool finds at fault: a gauge may not end like a counter, nor the other way round.
        .AddView("dotnet.assembly.count", MetricStreamConfiguration.Drop)
        .AddView("dotnet.timer.count", "dotnet.timers")
        .AddView("dotnet.process.cpu.count", "dotnet.process.cpus")
        .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 1000)
        .Build();

    private void Map(HttpOptions options, GatewayView? view, ILoggerFactory logging)
    {
        HttpGuard guard = new(options, _refusals);
        _web.Use(guard.InvokeAsync);
        _web.MapPrometheusScrapingEndpoint("/metrics", _meters, configureBranchedPipeline: null, optionsName: null);
        _web.MapGet("/healthz", () => Results.Text("ok\n"));
        _web.MapGet("/readyz", () => _isReady ? Results.Text("ready\n") : Results.Text("stopping\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        if (view is null) return;
        StatusBoard board = new(view, options, _refusals);
        _reads = new ReadRoutes(view, board);
        _reads.Map(_web);
        new EventRoutes(view, board, _reads, _web.Lifetime.ApplicationStopping).Map(_web);
        new ActionRoutes(view, logging.CreateLogger("CFG")).Map(_web);
        _web.MapPage();
    }
}
