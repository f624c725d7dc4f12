using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Concentrator.Hosting;

/// <summary>
/// One line per entry: <c>2026-11-24 12:00:00.123 [IKE] text</c>, local time. Coloured only on a terminal, and not where NO_COLOR is
/// set. Entries of Akka and .NET itself are tagged [CLU] and [SYS].
/// </summary>
internal sealed class TagFormatter(TimeProvider time, bool isTerminal) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "tag";

    private const string Reset = "\e[0m";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        textWriter.Write(' ');
        string colour = isTerminal ? Colour(logEntry.LogLevel) : "";
        textWriter.Write(colour);
        textWriter.Write('[');
        textWriter.Write(Tag(logEntry.Category));
        textWriter.Write("] ");
        textWriter.Write(text);
        if (colour.Length > 0) textWriter.Write(Reset);
        textWriter.Write('\n');
        if (logEntry.Exception is { } exception) textWriter.WriteLine(exception);
    }

    private static string Tag(string category) => category switch
    {
        { Length: 3 } => category,
        _ when category.StartsWith("Akka", StringComparison.Ordinal) => "CLU",
        _ => "SYS",
    };

    private static string Colour(LogLevel level) => level switch
    {
        LogLevel.Error or LogLevel.Critical => "\e[31m",
        LogLevel.Warning => "\e[33m",
        LogLevel.Debug or LogLevel.Trace => "\e[90m",
        _ => "",
    };
}
