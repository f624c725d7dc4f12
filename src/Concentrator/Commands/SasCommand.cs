using System.CommandLine;
using System.Text;
using Concentrator.Control;
using Concentrator.Vici;
using Spectre.Console;

namespace Concentrator.Commands;

/// <summary><c>sas</c>: the IKE_SAs and their children as a table, or with <c>--json</c> one object an IKE_SA and line.</summary>
internal static class SasCommand
{
    public static Command Create()
    {
        Option<string> ike = SaCommands.Ike();
        return ControlCommand.Create("sas", "List IKE_SAs and their children.", (parsed, gateway, output) => Watching.Run(parsed, () => List(parsed, gateway, output, ike)), ike, Watching.Option);
    }

    private static void List(ParseResult parsed, ViciCaller gateway, TextWriter output, Option<string> ike)
    {
        bool json = parsed.GetValue(ControlCommand.Json);
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns("IKE_SA / child", "state", "peer", "identity / selectors", "in", "out");
        gateway.Ask(
            "list-sas", writer => { if (parsed.GetValue(ike) is { } name) writer.Put("ike", name); }, ControlCommand.Patience, "list-sa",
            message =>
            {
                foreach ((string name, ViciSection sa) in message.Sections)
                {
                    if (json) output.WriteLine(ViciJson.Text(new System.Text.Json.Nodes.JsonObject { [name] = ViciJson.Of(sa) }));
                    else AddTo(table, name, sa);
                }
            });
        if (!json) Consoles.On(output).Write(table);
    }

    private static void AddTo(Table table, string name, ViciSection sa)
    {
        table.AddRow(
            $"{name}[{sa.Text("uniqueid")}]".EscapeMarkup(), State(sa.Text("state")), $"{sa.Text("remote-host")}:{sa.Text("remote-port")}".EscapeMarkup(), Fit(sa.Text("remote-id")), "", "");
        if (!sa.Sections.TryGetValue("child-sas", out ViciSection? children)) return;
        foreach (ViciSection child in children.Sections.Values)
        {
            table.AddRow(
                $"  {child.Text("name")}{{{child.Text("uniqueid")}}}".EscapeMarkup(), State(child.Text("state")), "",
                Fit($"{List(child, "local-ts")} === {List(child, "remote-ts")}"), Volume(child.Text("bytes-in")), Volume(child.Text("bytes-out")));
        }
    }

    /// <summary>What a peer calls itself reaches a terminal escaped.</summary>
    private static string Fit(string? text) => Actors.Node.Printable.Text(text ?? "").EscapeMarkup();

    private static string State(string? state) => state is "ESTABLISHED" or "INSTALLED" ? $"[green]{state}[/]" : (state ?? "").EscapeMarkup();

    private static string List(ViciSection child, string key) => string.Join(", ", child.Lists.GetValueOrDefault(key, []).Select(Encoding.UTF8.GetString));

    private static string Volume(string? bytes)
    {
        if (!double.TryParse(bytes, System.Globalization.CultureInfo.InvariantCulture, out double amount)) return "";
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        for (; amount >= 1024 && unit < units.Length - 1; unit++) amount /= 1024;
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{amount:0.#} {units[unit]}");
    }
}
