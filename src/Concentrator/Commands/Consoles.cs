using Spectre.Console;

namespace Concentrator.Commands;

/// <summary>Tables on whatever a command writes to: plain and wide where that is no terminal.</summary>
internal static class Consoles
{
    private const int WideEnough = 160;

    public static IAnsiConsole On(TextWriter output)
    {
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!isTerminal) console.Profile.Width = WideEnough;
        return console;
    }
}
