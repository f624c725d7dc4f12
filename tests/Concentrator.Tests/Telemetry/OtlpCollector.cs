using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Concentrator.Tests.Telemetry;

/// <summary>
/// What is pushed to a collector: by protobuf over HTTP/1.1, and by gRPC over HTTP/2 without TLS, each on a port of its own. It takes nothing that is not as
/// the protocol says.
/// </summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private const int GrpcHeader = 5;

    private readonly WebApplication _web;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _posted = new();

    private OtlpCollector(WebApplication web) => _web = web;

    public Uri Http => new(_web.Urls.First());

    public Uri Grpc => new UriBuilder(_web.Urls.Last()) { Scheme = "grpc" }.Uri;

    public static async Task<OtlpCollector> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        OtlpCollector collector = new(builder.Build());
        foreach (string kind in new[] { "metrics", "traces" })
            collector._web.MapPost($"/v1/{kind}", context => collector.TakeHttpAsync(context, kind));
        foreach ((string kind, string service) in new[] { ("metrics", "metrics.v1.MetricsService"), ("traces", "trace.v1.TraceService") })
            collector._web.MapPost($"/opentelemetry.proto.collector.{service}/Export", context => collector.TakeGrpcAsync(context, kind));
        await collector._web.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <param name="kind"><c>metrics</c> or <c>traces</c>.</param>
    public IEnumerable<ProtoMessage> Of(string kind) => [.. _posted.Where(posted => posted.Path == kind).Select(posted => new ProtoMessage(posted.Body))];

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private async Task TakeHttpAsync(HttpContext context, string kind)
    {
        if (context.Request.ContentType != "application/x-protobuf")
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        _posted.Enqueue((kind, await ReadAsync(context.Request)));
        context.Response.ContentType = "application/x-protobuf";
    }

    // gRPC over HTTP/2: a message has an octet for compression and four for its length in front; how it went is in the trailers.
    private async Task TakeGrpcAsync(HttpContext context, string kind)
    {
        byte[] body = await ReadAsync(context.Request);
        bool isGood = HttpProtocol.IsHttp2(context.Request.Protocol) && context.Request.ContentType == "application/grpc" && context.Request.Headers.TE == "trailers"
            && body.Length >= GrpcHeader && body[0] == 0 && BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) == body.Length - GrpcHeader;
        if (isGood) _posted.Enqueue((kind, body[GrpcHeader..]));
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[GrpcHeader]);
        context.Response.AppendTrailer("grpc-status", isGood ? "0" : "3");
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
