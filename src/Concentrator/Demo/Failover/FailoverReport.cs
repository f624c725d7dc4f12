using System.Globalization;
using Spectre.Console;

namespace Concentrator.Demo.Failover;

/// <summary>What came of it: the nodes before and after, and what the peers saw.</summary>
internal sealed record FailoverReport(IReadOnlyList<NodeFace> Before, IReadOnlyList<NodeFace> After)
{
    public required int Tunnels { get; init; }

    /// <summary>Those that are up with the SPIs, and so the IKE SA, that they had.</summary>
    public required int Kept { get; init; }

    /// <summary>IKE_AUTH requests that the peers sent since.</summary>
    public required int Authenticated { get; init; }

    /// <summary>Of each tunnel of the node that was killed: from the kill until its peer was answered again. In order.</summary>
    public required IReadOnlyList<TimeSpan> Silences { get; init; }

    public bool IsAsItMustBe => Kept == Tunnels && Authenticated == 0;

    public void Write(IAnsiConsole console)
    {
        Table table = new() { Border = console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii };
        table.AddColumns("node", "process", "addresses before", "tunnels before", "addresses after", "tunnels after");
        foreach (int column in (ReadOnlySpan<int>)[1, 3, 5]) table.Columns[column].RightAligned();
        for (int i = 0; i < Before.Count; i++)
        {
            table.AddRow(
                Before[i].Name, Number(Before[i].Process), string.Join(' ', Before[i].Addresses), Number(Before[i].IkeSas),
                After[i].IsDead ? "[red]killed[/]" : string.Join(' ', After[i].Addresses), Number(After[i].IkeSas));
        }

        table.AddRow("[bold]all[/]", "", "", Number(Before.Sum(node => node.IkeSas)), "", Number(After.Sum(node => node.IkeSas)));
        console.Write(table);

        Table seen = new() { Border = TableBorder.None, ShowHeaders = false };
        seen.AddColumns("", "");
        seen.Columns[0].PadRight(4);
        seen.AddRow("  tunnels kept", $"[{Colour(Kept == Tunnels)}]{Kept} of {Tunnels}[/]");
        seen.AddRow("  re-authentications seen by the peers", $"[{Colour(Authenticated == 0)}]{Authenticated}[/]");
        seen.AddRow("  of those that lost their node the first is answered again", Seconds(0));
        seen.AddRow("  half of them are", Seconds(0.5));
        seen.AddRow("  the last one is", Seconds(1));
        console.Write(seen);
        console.MarkupLine(IsAsItMustBe ? "[green bold]No peer had to authenticate again.[/]" : "[red bold]Not every tunnel outlived its node: see above.[/]");
    }

    private string Seconds(double share) =>
        Silences.Count == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{Silences[(int)Math.Ceiling(share * (Silences.Count - 1))].TotalSeconds:F1} s after the kill");

    private static string Colour(bool isGood) => isGood ? "green" : "red";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
