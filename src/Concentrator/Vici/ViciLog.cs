using Concentrator.Logs;
using Microsoft.Extensions.Logging;

namespace Concentrator.Vici;

/// <summary>The program's log as <c>log</c> events. Costs a comparison a line while nobody has registered for them; details are told where the log has them.</summary>
internal sealed class ViciLog(LogLevels levels) : ILoggerProvider
{
    private readonly LogLevels _levels = levels;

    /// <summary>Set once the node runs; before that there is no client.</summary>
    public ViciEvents? Events { get; set; }

    public ILogger CreateLogger(string categoryName) => new Channel(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Channel(ViciLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => category.Length == 3 && log.Events is { HearsLog: true } && (logLevel >= LogLevel.Information || log._levels.Allows(category, logLevel));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Events!.OnLogLine(category, category == LogLevels.AuditTag ? 0 : LogScale.LevelOf(logLevel), formatter(state, exception));
        }
    }
}
