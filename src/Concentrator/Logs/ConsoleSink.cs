using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Concentrator.Logs;

/// <summary>One line per entry: <c>2026-11-24 12:00:00.123 [IKE] text</c>, local time, coloured where that is wanted.</summary>
internal sealed class ConsoleSink(TextWriter output, bool isColoured) : ILogSink
{
    private const string Reset = "\e[0m";

    public bool WantsFields => false;

    public void Write(LogEntry entry)
    {
        output.Write(entry.At.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        string colour = isColoured ? Colour(entry.Severity) : "";
        output.Write($" {colour}[{entry.Tag}] {entry.Text}");
        if (colour.Length > 0) output.Write(Reset);
        output.Write('\n');
        if (entry.Exception is { } exception) output.Write($"{exception}\n");
    }

    public void Flush() => output.Flush();

    public void Dispose() => output.Dispose();

    private static string Colour(LogLevel level) => level switch
    {
        LogLevel.Error or LogLevel.Critical => "\e[31m",
        LogLevel.Warning => "\e[33m",
        LogLevel.Debug or LogLevel.Trace => "\e[90m",
        _ => "",
    };
}
