using System.CommandLine;
using Concentrator.Reference;

namespace Concentrator.Commands;

/// <summary><c>concentrator reference PAGE</c>: what this very program knows of keys, commands, metrics and the kernel's words, as the Markdown of docs/.</summary>
internal static class ReferenceCommand
{
    /// <summary>The pages, each of which is docs/NAME.md as well.</summary>
    internal static readonly IReadOnlyDictionary<string, Action<TextWriter>> Pages = new Dictionary<string, Action<TextWriter>>
    {
        ["configuration"] = ConfigurationReference.Write,
        ["commands"] = CommandReference.Write,
        ["metrics"] = MetricReference.Write,
        ["refusals"] = RefusalReference.Write,
    };

    public static Command Create()
    {
        Argument<string> page = new("PAGE") { Description = $"{string.Join(", ", Pages.Keys.SkipLast(1))} or {Pages.Keys.Last()}." };
        page.AcceptOnlyFromAmong([.. Pages.Keys]);
        Command command = new("reference", "Print the reference of what this program knows, in Markdown.") { page };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(Text(parsed.GetRequiredValue(page))));
        return command;
    }

    internal static string Text(string page)
    {
        StringWriter text = new() { NewLine = "\n" };
        Pages[page](text);
        return text.ToString().TrimEnd('\n') + "\n";
    }
}
