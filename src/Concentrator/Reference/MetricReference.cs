using System.Diagnostics.Metrics;
using Concentrator.Http;
using Concentrator.Telemetry;

namespace Concentrator.Reference;

/// <summary>The page of what is counted and timed: from the instruments themselves.</summary>
internal static class MetricReference
{
    private const string Head = """
        # Metrics

        `http://127.0.0.1:9180/metrics` is for Prometheus; `--otlp URL` pushes the same to a collector, under the names in the last column. It is printed by `concentrator reference metrics`.
        No label ever names a peer. Besides these there are those of .NET (`dotnet_…`, `process_…`) and of the web server (`kestrel_…`). `deploy/prometheus` has alert rules.

        """;

    public static void Write(TextWriter page)
    {
        page.WriteLine(Head);
        Markdown.Table(page, ["for Prometheus", "kind", "what it is", "OpenTelemetry"], Instruments().Select(one => new[] { Markdown.Code(PrometheusName(one)), Kind(one), one.Description ?? "", Markdown.Code(one.Name) }));
    }

    /// <summary>All that there may be, by name.</summary>
    internal static IReadOnlyList<Instrument> Instruments()
    {
        List<Instrument> instruments = [];
        GatewayMeter meter = new();
        HttpRefusals refusals = new();
        try
        {
            meter.Declare();
            // A listener hears of the instruments of all meters in the process, and of those that are there already when it begins.
            using MeterListener listener = new()
            {
                InstrumentPublished = (instrument, _) =>
                {
                    if (instrument.Meter.Name == GatewayMeter.Name) instruments.Add(instrument);
                },
            };
            listener.Start();
        }
        finally
        {
            meter.Dispose();
            refusals.Dispose();
        }

        return [.. instruments.DistinctBy(instrument => instrument.Name).OrderBy(instrument => instrument.Name, StringComparer.Ordinal)];
    }

    /// <summary>As OpenTelemetry's exporter has it: units in braces vanish, others are spelled out, counters end with <c>_total</c>.</summary>
    internal static string PrometheusName(Instrument instrument)
    {
        string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        return instrument.Name.Replace('.', '_') + unit + (Kind(instrument) == "counter" ? "_total" : "");
    }

    private static string Kind(Instrument instrument)
    {
        string type = instrument.GetType().Name;
        return type.Contains("Gauge", StringComparison.Ordinal) ? "gauge" : type.Contains("Histogram", StringComparison.Ordinal) ? "histogram" : "counter";
    }
}
