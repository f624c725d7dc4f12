using Concentrator.Actors.Node;
using Concentrator.Logs;
using Microsoft.Extensions.Logging;

namespace Concentrator.Vici;

/// <summary>
/// While a command runs: what happens to the IKE SAs that it is about, as <c>control-log</c> events for the client that gave it. Disposed by the command, which
/// answers after that.
/// </summary>
internal sealed class ControlLog : IObserver<NodeEvent>, ILoggerFactory, IDisposable
{
    private const string Name = "control-log";

    private readonly ViciConnection _client;
    private readonly Predicate<NodeEvent> _isOfInterest;
    private readonly NodeNarrator _narrator;
    private readonly long _level;
    private readonly Lock _lock = new();
    private IDisposable? _subscription;
    private IkeSaName _ikeSa;

    private ControlLog(ViciConnection client, long level, Predicate<NodeEvent> isOfInterest)
    {
        _client = client;
        _level = level;
        _isOfInterest = isOfInterest;
        _narrator = new NodeNarrator(this);
    }

    /// <summary>Null where the client does not listen.</summary>
    public static ControlLog? Begin(ViciRequest request, ConcentratorNode node, Predicate<NodeEvent> isOfInterest)
    {
        long level = request.Arguments.Number("loglevel") ?? 1;
        if (level < 0 || !request.Client.Hears(Name)) return null;
        ControlLog log = new(request.Client, level, isOfInterest);
        log._subscription = node.Events.Subscribe(log);
        return log;
    }

    public void OnNext(NodeEvent value)
    {
        if (value.Subject is not { } ikeSa || !_isOfInterest(value)) return;
        lock (_lock)
        {
            _ikeSa = ikeSa;
            _narrator.Tell(value);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose() => _subscription?.Dispose();

    private sealed class Lines(ControlLog log, string group) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => LogScale.LevelOf(logLevel) <= log._level;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            log._client.Offer(ViciWriter.Event(Name)
                .Put("group", group)
                .Put("level", LogScale.LevelOf(logLevel))
                .Put("ikesa-name", log._ikeSa.Name)
                .Put("ikesa-uniqueid", log._ikeSa.Number)
                .Put("msg", formatter(state, exception))
                .ToPacket());
        }
    }
}
