using System.CommandLine;
using System.Text;
using Concentrator.Control;
using Concentrator.Vici;

namespace Concentrator.Commands;

/// <summary><c>drain</c>: empties a node before it is stopped. Ends when it is empty; refused, with the reason, it serves on.</summary>
internal static class DrainCommand
{
    public static Command Create()
    {
        Option<string> node = new("--node", "-n") { Description = "Which, by its name or address; the one whose socket it is unless given.", HelpName = "NAME" };
        node.CompletionSources.Add(context => Nodes(context.ParseResult.GetValue(ControlCommand.Socket)).Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        Option<bool> undo = new("--undo") { Description = "It takes part again." };
        Option<bool> force = new("--force") { Description = "Close what cannot be handed over, instead of keeping the node." };
        Option<string> redirect = new("--redirect-to") { Description = "First send clients that follow to this gateway (RFC 5685).", HelpName = "ADDR" };
        Option<double> timeout = new("--timeout", "-t") { Description = "Seconds that it may take; then the node serves on.", HelpName = "S", DefaultValueFactory = _ => 30 };
        return ControlCommand.Create(
            "drain", "Hand over all that a node has to the others, so that it can be stopped.",
            (parsed, gateway, output) =>
            {
                double seconds = Math.Clamp(parsed.GetValue(timeout), 0.001, 3600);
                ViciSection answer = gateway.Ask(
                    "drain",
                    writer =>
                    {
                        if (parsed.GetValue(node) is { } name) writer.Put("node", name);
                        if (parsed.GetValue(redirect) is { } to) writer.Put("redirect-to", to);
                        writer.PutIf(parsed.GetValue(undo), "undo", "yes").PutIf(parsed.GetValue(force), "force", "yes").Put("timeout", (long)(seconds * 1000));
                    },
                    TimeSpan.FromSeconds(seconds + 25));
                ControlCommand.Tell(parsed, output, answer, answer.Text("text") ?? "done");
            },
            node, undo, force, redirect, timeout);
    }

    /// <summary>The names of the nodes, for a shell that completes; none where there is no gateway.</summary>
    private static IEnumerable<string> Nodes(string? path)
    {
        try
        {
            using ViciCaller gateway = ViciCaller.Connect(path ?? ViciCaller.DefaultPath);
            return [.. gateway.Ask("cluster-status", null, TimeSpan.FromSeconds(1)).Sections.Values.Select(node => node.Text("name") ?? "").Where(name => name.Length > 0)];
        }
        catch (ControlException)
        {
            return [];
        }
    }
}
