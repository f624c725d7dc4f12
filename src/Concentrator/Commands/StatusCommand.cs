using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Concentrator.Control;
using Concentrator.Vici;
using Spectre.Console;

namespace Concentrator.Commands;

/// <summary><c>status</c>: whether the gateway lives, for how long, what it has, on which kernel.</summary>
internal static class StatusCommand
{
    public static Command Create() =>
        ControlCommand.Create("status", "Say how the gateway is.", (parsed, gateway, output) => Watching.Run(parsed, () => Tell(parsed, gateway, output)), Watching.Option);

    private static void Tell(ParseResult parsed, ViciCaller gateway, TextWriter output)
    {
        ViciSection version = gateway.Ask("version", null, ControlCommand.Patience);
        ViciSection stats = gateway.Ask("stats", null, ControlCommand.Patience);
        ViciSection nodes = gateway.Ask("cluster-status", null, ControlCommand.Patience);
        if (parsed.GetValue(ControlCommand.Json))
        {
            output.WriteLine(ViciJson.Text(new JsonObject { ["version"] = ViciJson.Of(version), ["stats"] = ViciJson.Of(stats), ["nodes"] = ViciJson.Of(nodes) }));
            return;
        }

        ViciSection uptime = stats.Sections["uptime"], ikeSas = stats.Sections["ikesas"];
        Table table = new() { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumns("", "");
        void Row(string name, string? value) => table.AddRow($"[bold]{name}[/]", (value ?? "").EscapeMarkup());
        Row("gateway", $"{version.Text("daemon")} {version.Text("version")}");
        Row("running for", $"{uptime.Text("running")}, since {uptime.Text("since")}");
        Row("IKE_SAs", $"{ikeSas.Text("total")}, {ikeSas.Text("half-open")} of them half-open");
        Row("kernel", string.Join(' ', stats.Lists.GetValueOrDefault("plugins", []).Select(Encoding.UTF8.GetString).Where(plugin => plugin != "akka")));
        Row("work waiting", $"{stats.Sections.GetValueOrDefault("queues")?.Text("medium")} in the pool's queue, {stats.Text("scheduled")} timers");
        Row("this node", nodes.Sections.Values.FirstOrDefault(node => node.Flag("self"))?.Text("drain")?.ToLowerInvariant());
        if (nodes.Sections.Count > 1)
        {
            int reachable = nodes.Sections.Values.Count(node => node.Flag("reachable"));
            long all = nodes.Sections.Values.Sum(node => node.Number("ike-sas") ?? 0);
            Row("cluster", $"{nodes.Sections.Count} nodes, {reachable} of them reachable, with {all} IKE_SAs (concentrator cluster status)");
        }

        Consoles.On(output).Write(table);
    }
}
