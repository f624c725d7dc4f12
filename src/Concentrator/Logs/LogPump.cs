using System.Globalization;
using System.Net.Sockets;
using System.Threading.Channels;
using Concentrator.Actors.Node;
using Microsoft.Extensions.Logging;

namespace Concentrator.Logs;

/// <summary>
/// Takes the log's entries from whoever has them and writes them on a thread of its own, so that an actor never waits for a terminal, a disk or the journal.
/// Of a backlog that grows too long the newest entries are lost, which is told; audit entries never are. Its end writes what is left.
/// </summary>
internal sealed class LogPump : ILoggerProvider
{
    /// <summary>Entries that wait to be written.</summary>
    private const int MostWaiting = 65_536;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Channel<LogEntry> _waiting = Channel.CreateUnbounded<LogEntry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly LogLevels _levels;
    private readonly TimeProvider _time;
    private readonly ILogSink _sink;
    private readonly ILogSink? _audit;
    private readonly Thread _writing;
    private int _count;
    private long _lost;

    /// <param name="levels">Which entries are written.</param>
    /// <param name="time">Their clock.</param>
    /// <param name="sink">Gets them all; owned from now on.</param>
    /// <param name="audit">Gets the audit's as well, whatever the levels say; owned. Null: there is none.</param>
    public LogPump(LogLevels levels, TimeProvider time, ILogSink sink, ILogSink? audit = null)
    {
        (_levels, _time, _sink, _audit) = (levels, time, sink, audit);
        _writing = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _writing.Start();
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        if (!_waiting.Writer.TryComplete()) return;
        if (!_writing.Join(LastWords)) return;
        _sink.Dispose();
        _audit?.Dispose();
    }

    private void Add(LogEntry entry)
    {
        if (Interlocked.Increment(ref _count) <= MostWaiting || entry.IsAudit)
        {
            _waiting.Writer.TryWrite(entry);
            return;
        }

        Interlocked.Decrement(ref _count);
        Interlocked.Increment(ref _lost);
    }

    private void WriteAll()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out LogEntry? entry))
            {
                Interlocked.Decrement(ref _count);
                if (_levels.Allows(entry.Tag, entry.Severity)) Try(_sink, entry);
                if (entry.IsAudit && _audit is not null) Try(_audit, entry);
            }

            if (Interlocked.Exchange(ref _lost, 0) is > 0 and long lost) Try(_sink, LossOf(lost));
            Flush(_sink);
            if (_audit is not null) Flush(_audit);
        }
    }

    /// <summary>A log that cannot be written is no reason to stop a gateway, and there is nowhere to say it.</summary>
    private static void Try(ILogSink sink, LogEntry entry)
    {
        try
        {
            sink.Write(entry);
        }
        catch (Exception gone) when (gone is IOException or SocketException or UnauthorizedAccessException)
        {
        }
    }

    private static void Flush(ILogSink sink)
    {
        try
        {
            sink.Flush();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
        }
    }

    private LogEntry LossOf(long lost) => new(
        _time.GetLocalNow(), "SYS", LogLevel.Warning, new EventId(850, "LogLost"), $"{lost} lines of this log were lost: they came faster than they could be written", [], null, null);

    private sealed class Logger(LogPump pump, string category) : ILogger
    {
        private readonly string _tag = LogScale.TagOf(category);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => pump._levels.Allows(category, logLevel) || (pump._audit is not null && _tag == LogLevels.AuditTag);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            bool wantsFields = pump._sink.WantsFields || (pump._audit is not null && _tag == LogLevels.AuditTag);
            pump.Add(new LogEntry(
                pump._time.GetLocalNow(), _tag, logLevel, eventId, formatter(state, exception), wantsFields ? FieldsOf(state) : [], wantsFields ? LogSubject.Current : null, exception));
        }

        private static List<KeyValuePair<string, string>> FieldsOf<TState>(TState state)
        {
            List<KeyValuePair<string, string>> fields = [];
            if (state is not IReadOnlyList<KeyValuePair<string, object?>> values) return fields;
            foreach ((string name, object? value) in values)
            {
                if (name != "{OriginalFormat}" && value is not null) fields.Add(new(name, TextOf(name, value)));
            }

            return fields;
        }

        /// <summary>SPIs as everybody writes them.</summary>
        private static string TextOf(string name, object value) => value switch
        {
            uint spi when name != "ReqId" => spi.ToString("x8", CultureInfo.InvariantCulture),
            ulong spi => spi.ToString("x16", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
    }
}
