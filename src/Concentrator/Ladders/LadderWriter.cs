using Spectre.Console;

namespace Concentrator.Ladders;

/// <summary>
/// Draws a ladder: two lanes, messages as arrows between them, kernel calls and states inside. Colour and line characters where the
/// terminal has them, plain text otherwise; never wider than the terminal.
/// </summary>
internal sealed class LadderWriter(IAnsiConsole console)
{
    private const int Widest = 116;
    private const int Narrowest = 60;

    private readonly int _lane = Math.Clamp(console.Profile.Width - 12, Narrowest, Widest) - 2;

    private bool Unicode => console.Profile.Capabilities.Unicode;

    private string Rail => Unicode ? "│" : "|";

    public void Heading(string left, string right) =>
        console.MarkupLine($"  [bold]{Markup.Escape(left)}{new string(' ', Math.Max(1, _lane + 2 - left.Length - right.Length))}{Markup.Escape(right)}[/]");

    public void Write(LadderStep step)
    {
        switch (step)
        {
            case MessageStep message:
                WriteMessage(message);
                break;
            case KernelStep kernel:
                WriteInside(kernel.At, kernel.Call, kernel.Refused ? "red" : "yellow", Unicode ? "■" : "#");
                break;
            case StateStep state:
                WriteInside(state.At, state.Text, state.IsError ? "red" : "grey", Unicode ? "·" : "-");
                break;
            default:
                throw new InvalidOperationException($"No drawing for {step.GetType().Name}.");
        }
    }

    private void WriteMessage(MessageStep message)
    {
        string line = Unicode ? "─" : "-";
        string label = Fit(message.Note.Length == 0 ? message.Summary : $"{message.Summary} ({message.Note})", _lane - 8);
        int dashes = _lane - label.Length - 5;
        string drawn = message.At == Side.Left
            ? $"{line}{line} {label} {Repeat(line, dashes)}{(Unicode ? "▶" : ">")}"
            : $"{(Unicode ? "◀" : "<")}{Repeat(line, dashes)} {label} {line}{line}";
        string colour = message.Note.Length == 0 ? "cyan" : "magenta";
        console.MarkupLine($"  {Rail}[{colour}]{Markup.Escape(drawn)}[/]{Rail} {message.Octets,5} B");
    }

    private void WriteInside(Side at, string text, string colour, string mark)
    {
        string fitted = Fit(text, _lane - 4);
        string pad = new(' ', _lane - fitted.Length - 2);
        string inside = at == Side.Left ? $"{mark} {fitted}{pad}" : $"{pad}{fitted} {mark}";
        console.MarkupLine($"  {Rail}[{colour}]{Markup.Escape(inside)}[/]{Rail}");
    }

    private string Fit(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + (Unicode ? "…" : "~");

    private static string Repeat(string piece, int count) => string.Concat(Enumerable.Repeat(piece, Math.Max(1, count)));
}
