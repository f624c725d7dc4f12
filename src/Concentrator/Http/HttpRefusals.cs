using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Concentrator.Telemetry;

namespace Concentrator.Http;

/// <summary>Why a request was turned away. Also the label of the metric.</summary>
internal enum HttpRefusal
{
    BadRequest,
    Body,
    Busy,
    CrossSite,
    Host,
    Method,
    NoToken,
    NotFound,
    WrongToken,
}

/// <summary>Counts requests that were turned away. Safe from any thread.</summary>
internal sealed class HttpRefusals : IDisposable
{
    private readonly Meter _meter = new(GatewayMeter.Name);
    private readonly Counter<long> _counter;
    private readonly ConcurrentDictionary<HttpRefusal, long> _counts = new();

    public HttpRefusals() => _counter = _meter.CreateCounter<long>("concentrator.http.refused", "{request}", "HTTP requests that were turned away, by reason.");

    public IReadOnlyDictionary<HttpRefusal, long> Counts => _counts;

    public void Count(HttpRefusal why)
    {
        _counts.AddOrUpdate(why, 1, (_, count) => count + 1);
        _counter.Add(1, new KeyValuePair<string, object?>("reason", why.ToString()));
    }

    public void Dispose() => _meter.Dispose();
}
