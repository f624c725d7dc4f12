using System.Diagnostics;
using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Demo;
using Concentrator.Telemetry;

namespace Concentrator.Tests.Telemetry;

/// <summary>Meters and spans as a collector gets them: a true server, whose octets are decoded by the field numbers of OTLP.</summary>
[Collection(nameof(GatewayMeter))]
public sealed class OtlpPushTests
{
    [Theory]
    [InlineData("http")]
    [InlineData("grpc")]
    public async Task A_collector_gets_meters_and_a_span_of_each_exchange_with_the_kernels_work_in_it(string protocol)
    {
        await using OtlpCollector collector = await OtlpCollector.StartAsync();
        using GatewayMeter meter = new();
        using ExchangeTracer tracer = new();
        using (OtlpPush push = new(protocol == "grpc" ? collector.Grpc : collector.Http, TimeSpan.FromMinutes(1)))
        {
            await using Stage stage = await Stage.OpenAsync(new StageSetup());
            meter.Attach(stage.Moon);
            using IDisposable metering = stage.Moon.Events.Subscribe(meter), tracing = stage.Moon.Events.Subscribe(tracer);
            Installed installed = new();
            using IDisposable watching = stage.Moon.Events.Subscribe(installed);
            stage.Call();
            await installed.Done.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }

        List<ProtoMessage> spans = [.. collector.Of("traces").SelectMany(request => request.All(1, 2, 2))];
        ProtoMessage auth = Assert.Single(spans, span => span.Text(5) == "IKE_AUTH");
        Assert.Equal("sun[1]", Attribute(auth, "concentrator.ike_sa"));
        Assert.Equal("1", Attribute(auth, "concentrator.message_id"));
        Assert.True(auth.Number(8) > auth.Number(7), "it takes time");
        Assert.Single(spans, span => span.Text(5) == "IKE_SA_INIT");
        // The kernel is asked for the initiator's SAs when the exchange is over; its inbound SPI while it begins.
        Assert.All(spans.Where(span => span.Text(5)!.StartsWith("kernel ", StringComparison.Ordinal)), span => Assert.Contains(span.Bytes(4), spans.Select(s => s.Bytes(2))));

        List<string?> meters = [.. collector.Of("metrics").SelectMany(request => request.All(1, 2, 2)).Select(metric => metric.Text(1))];
        foreach (string name in new[] { "concentrator.ike_sa.established", "concentrator.exchange.duration", "concentrator.kernel.wait.duration", "concentrator.mailbox.depth", "concentrator.esp.io" })
            Assert.Contains(name, meters);
    }

    /// <summary>The collector is away: what is left is offered to it, for a while, and then the gateway goes on stopping.</summary>
    [Theory]
    [InlineData("http")]
    [InlineData("grpc")]
    public async Task A_collector_that_is_away_holds_nothing_up(string protocol)
    {
        Uri nobody;
        await using (OtlpCollector gone = await OtlpCollector.StartAsync()) nobody = protocol == "grpc" ? gone.Grpc : gone.Http;
        using GatewayMeter meter = new();
        OtlpPush push = new(nobody, TimeSpan.FromMinutes(1));
        meter.OnNext(new KernelRefused(DateTimeOffset.UtcNow, "inbound SA", 38, "ENOSYS", null, null));
        await Task.Run(push.Dispose, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_responders_exchange_holds_what_its_kernel_did()
    {
        List<Activity> done = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == ExchangeTracer.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => { lock (done) done.Add(activity); },
        };
        ActivitySource.AddActivityListener(listener);
        using ExchangeTracer tracer = new();
        await using (Stage stage = await Stage.OpenAsync(new StageSetup()))
        {
            using IDisposable tracing = stage.Sun!.Events.Subscribe(tracer);
            Installed installed = new();
            using IDisposable watching = stage.Moon.Events.Subscribe(installed);
            stage.Call();
            await installed.Done.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }

        lock (done)
        {
            Activity auth = Assert.Single(done, activity => activity.OperationName == "IKE_AUTH" && activity.Kind == ActivityKind.Server);
            Activity install = Assert.Single(done, activity => activity.OperationName == "kernel InstallSas" && activity.ParentSpanId == auth.SpanId);
            Assert.Equal("net{1}", install.GetTagItem("concentrator.child_sa"));
            Assert.True(install.Duration <= auth.Duration);
        }

        Assert.Null(Activity.Current);
    }

    /// <summary>The cost of an event while nobody listens: no memory, and so little time that a handshake does not feel it.</summary>
    [Fact]
    public void Nobody_listens_nothing_is_made()
    {
        using ExchangeTracer tracer = new();
        NodeEvent sent = new IkeSaHappened(
            DateTimeOffset.UtcNow, new IkeSaName(default, "sun", 1),
            new Ike.Session.MessageSent("IKE_AUTH request 1 [ ]", 100, new Ike.Session.IkePath(new IPEndPoint(IPAddress.Loopback, 500), new IPEndPoint(IPAddress.Loopback, 500), false), false));
        tracer.OnNext(sent);
        Stopwatch time = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100_000; i++) tracer.OnNext(sent);
        TimeSpan took = time.Elapsed;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        TestContext.Current.TestOutputHelper?.WriteLine($"{took.TotalNanoseconds / 100_000:F1} ns an event");
    }

    [Theory]
    [InlineData("http://127.0.0.1:4318", true)]
    [InlineData("https://collector.example.org/otlp", true)]
    [InlineData("grpc://127.0.0.1:4317", true)]
    [InlineData("collector:4317", false)]
    [InlineData("file:///etc/passwd", false)]
    public void A_collector_is_named_by_its_address(string text, bool isGood) => Assert.Equal(isGood, OtlpPush.Parse(text) is not null);

    private static string? Attribute(ProtoMessage span, string name) =>
        span.All(9).Where(attribute => attribute.Text(1) == name).Select(attribute => attribute.All(2).Single().Text(1)).SingleOrDefault();

    private sealed class Installed : IObserver<NodeEvent>
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
