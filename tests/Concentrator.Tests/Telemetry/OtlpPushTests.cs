using System.Diagnostics;
using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Demo;
using Concentrator.Telemetry;
using Google.Protobuf;

namespace Concentrator.Tests.Telemetry;

/// <summary>Meters and spans as a collector gets them: a true HTTP server, whose octets are decoded by the field numbers of OTLP.</summary>
public sealed class OtlpPushTests
{
    [Fact]
    public async Task A_collector_gets_meters_and_a_span_of_each_exchange_with_the_kernels_work_in_it()
    {
        using Collector collector = new();
        using GatewayMeter meter = new();
        using ExchangeTracer tracer = new();
        using (OtlpPush push = new(collector.Address, TimeSpan.FromMinutes(1)))
        {
            await using Stage stage = await Stage.OpenAsync(new StageSetup());
            meter.Attach(stage.Moon);
            using IDisposable metering = stage.Moon.Events.Subscribe(meter), tracing = stage.Moon.Events.Subscribe(tracer);
            Installed installed = new();
            using IDisposable watching = stage.Moon.Events.Subscribe(installed);
            stage.Call();
            await installed.Done.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }

        List<Message> spans = [.. collector.Of("/v1/traces").SelectMany(request => request.All(1, 2, 2))];
        Message auth = Assert.Single(spans, span => span.Text(5) == "IKE_AUTH");
        Assert.Equal("sun[1]", Attribute(auth, "concentrator.ike_sa"));
        Assert.Equal("1", Attribute(auth, "concentrator.message_id"));
        Assert.True(auth.Number(8) > auth.Number(7), "it takes time");
        Assert.Single(spans, span => span.Text(5) == "IKE_SA_INIT");
        // The kernel is asked for the initiator's SAs when the exchange is over; its inbound SPI while it begins.
        Assert.All(spans.Where(span => span.Text(5)!.StartsWith("kernel ", StringComparison.Ordinal)), span => Assert.Contains(span.Bytes(4), spans.Select(s => s.Bytes(2))));

        List<string?> meters = [.. collector.Of("/v1/metrics").SelectMany(request => request.All(1, 2, 2)).Select(metric => metric.Text(1))];
        foreach (string name in new[] { "concentrator.ike_sa.established", "concentrator.exchange.duration", "concentrator.kernel.wait.duration", "concentrator.mailbox.depth", "concentrator.esp.io" })
            Assert.Contains(name, meters);
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

    private static string? Attribute(Message span, string name) =>
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

    /// <summary>Takes whatever is posted.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _http = new();
        private readonly List<(string Path, byte[] Body)> _posted = [];

        public Collector()
        {
            using System.Net.Sockets.TcpListener probe = new(IPAddress.Loopback, 0);
            probe.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
            probe.Stop();
            _http.Prefixes.Add($"{Address}");
            _http.Start();
            _ = TakeAsync();
        }

        public Uri Address { get; }

        public IEnumerable<Message> Of(string path)
        {
            lock (_posted) return [.. _posted.Where(p => p.Path == path).Select(p => new Message(p.Body))];
        }

        public void Dispose() => _http.Close();

        private async Task TakeAsync()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext context = await _http.GetContextAsync();
                    using MemoryStream body = new();
                    await context.Request.InputStream.CopyToAsync(body);
                    lock (_posted) _posted.Add((context.Request.Url!.AbsolutePath, body.ToArray()));
                    context.Response.ContentType = "application/x-protobuf";
                    context.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }

    /// <summary>A message of protocol buffers by its field numbers alone.</summary>
    private sealed class Message
    {
        private readonly List<(int Field, object Value)> _fields = [];

        public Message(byte[] octets)
        {
            CodedInputStream input = new(octets);
            while (input.ReadTag() is > 0 and uint tag)
            {
                object value = (tag & 7) switch { 0 => input.ReadUInt64(), 1 => input.ReadFixed64(), 5 => (ulong)input.ReadFixed32(), _ => input.ReadBytes().ToByteArray() };
                _fields.Add(((int)(tag >> 3), value));
            }
        }

        /// <summary>Messages within messages, along a path of field numbers.</summary>
        public IEnumerable<Message> All(params int[] path) =>
            path.Length == 0 ? [this] : _fields.Where(f => f.Field == path[0]).SelectMany(f => new Message((byte[])f.Value).All(path[1..]));

        public string? Text(int field) => Bytes(field) is { } hex ? System.Text.Encoding.UTF8.GetString(Convert.FromHexString(hex)) : null;

        public string? Bytes(int field) => _fields.Where(f => f.Field == field).Select(f => Convert.ToHexString((byte[])f.Value)).FirstOrDefault();

        public ulong Number(int field) => _fields.Where(f => f.Field == field).Select(f => (ulong)f.Value).First();
    }
}
