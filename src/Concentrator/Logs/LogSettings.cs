using Microsoft.Extensions.Logging;

namespace Concentrator.Logs;

/// <summary>How the log looks.</summary>
internal enum LogFormat
{
    /// <summary>Lines for people.</summary>
    Console,

    /// <summary>A JSON object a line.</summary>
    Json,

    /// <summary>systemd's journal, with fields.</summary>
    Journal,
}

/// <summary>What is logged, how, and where to.</summary>
/// <param name="Format">How the log looks.</param>
/// <param name="AuditFile">Gets the audit as well, as JSON lines; null: there is none.</param>
internal sealed record LogSettings(LogFormat Format, string? AuditFile)
{
    /// <summary>The caller disposes the factory, which writes what is left.</summary>
    /// <exception cref="IOException">The journal or the audit's file cannot be had; the message says why.</exception>
    public ILoggerFactory Open(LogLevels levels, params ILoggerProvider[] others)
    {
        ILogSink? audit = AuditFile is { } file ? new AuditFileSink(file) : null;
        LogPump pump = new(levels, TimeProvider.System, OpenSink(), audit);
        return LoggerFactory.Create(logging =>
        {
            // What each provider wants is asked for each entry: levels change while the program runs.
            logging.SetMinimumLevel(LogLevel.Trace);
            logging.AddProvider(pump);
            foreach (ILoggerProvider other in others) logging.AddProvider(other);
        });
    }

    private ILogSink OpenSink() => Format switch
    {
        LogFormat.Json => new JsonSink(new BufferedStream(Console.OpenStandardOutput(), 16 * 1024)),
        LogFormat.Journal => new JournalSink(),
        _ => new ConsoleSink(new StreamWriter(Console.OpenStandardOutput()), !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or ""),
    };
}
