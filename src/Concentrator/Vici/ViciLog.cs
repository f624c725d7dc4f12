using Microsoft.Extensions.Logging;

namespace Concentrator.Vici;

/// <summary>The program's log as <c>log</c> events. Costs a comparison a line while nobody has registered for them.</summary>
internal sealed class ViciLog : ILoggerProvider
{
    /// <summary>Set once the node runs; before that there is no client.</summary>
    public ViciEvents? Events { get; set; }

    /// <summary>In strongSwan's numbers.</summary>
    public static int LevelOf(LogLevel level) => level >= LogLevel.Information ? 1 : 2;

    public ILogger CreateLogger(string categoryName) => new Channel(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Channel(ViciLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => category.Length == 3 && log.Events is { HearsLog: true };

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Events!.OnLogLine(category, LevelOf(logLevel), formatter(state, exception));
        }
    }
}
