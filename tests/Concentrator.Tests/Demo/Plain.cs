using Spectre.Console;

namespace Concentrator.Tests.Demo;

/// <summary>A console without colours whose lines a test can read.</summary>
internal static class Plain
{
    public static IAnsiConsole Console(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 120;
        return console;
    }
}
