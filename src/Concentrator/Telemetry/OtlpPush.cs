using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Concentrator.Telemetry;

/// <summary>Pushes meters and spans to a collector by OTLP, from a thread of its own. A collector that is away costs what it does not get. Its end sends what is left.</summary>
internal sealed class OtlpPush : IDisposable
{
    private const string Grpc = "grpc";
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly MeterProvider _meters;
    private readonly TracerProvider _spans;

    /// <param name="collector"><c>http://host:4318</c> or https: protobuf over HTTP, below that path; <c>grpc://host:4317</c>: gRPC.</param>
    /// <param name="period">How often meters are pushed.</param>
    public OtlpPush(Uri collector, TimeSpan period)
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService("concentrator", serviceInstanceId: Environment.MachineName);
        _meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(GatewayMeter.Name, "System.Runtime")
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(exporter, collector, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)period.TotalMilliseconds;
            })
            .Build();
        _spans = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(ExchangeTracer.SourceName)
            .AddOtlpExporter(exporter => Configure(exporter, collector, "v1/traces"))
            .Build();
    }

    /// <summary>A collector's address, or null where the text is none.</summary>
    public static Uri? Parse(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" or Grpc ? url : null;

    public void Dispose()
    {
        _spans.ForceFlush((int)LastWords.TotalMilliseconds);
        _meters.ForceFlush((int)LastWords.TotalMilliseconds);
        _spans.Dispose();
        _meters.Dispose();
    }

    private static void Configure(OtlpExporterOptions exporter, Uri collector, string path)
    {
        bool isGrpc = collector.Scheme == Grpc;
        exporter.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = isGrpc
            ? new UriBuilder(collector) { Scheme = "http" }.Uri
            : new Uri($"{collector.AbsoluteUri.TrimEnd('/')}/{path}");
        exporter.TimeoutMilliseconds = (int)LastWords.TotalMilliseconds;
    }
}
