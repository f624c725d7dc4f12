using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Concentrator.Hosting;

/// <summary>Sets up the log of the program: one line per entry on the standard output. The caller disposes the factory, which flushes it.</summary>
internal static class Logging
{
    public static ILoggerFactory Create(LogLevel level, params ILoggerProvider[] others) => LoggerFactory.Create(logging =>
    {
        bool isTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
        logging.SetMinimumLevel(level);
        logging.AddFilter("Akka", level > LogLevel.Warning ? level : LogLevel.Warning);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.Services.AddSingleton<ConsoleFormatter>(new TagFormatter(TimeProvider.System, isTerminal));
        foreach (ILoggerProvider other in others) logging.AddProvider(other);
        logging.AddConsole(console => console.FormatterName = TagFormatter.FormatterName);
    });

    public static bool TryParseLevel(string text, out LogLevel level)
    {
        level = text.ToUpperInvariant() switch
        {
            "DEBUG" => LogLevel.Debug,
            "INFO" => LogLevel.Information,
            "WARNING" => LogLevel.Warning,
            "ERROR" => LogLevel.Error,
            _ => LogLevel.None,
        };
        return level != LogLevel.None;
    }
}
