using Concentrator.Actors.Node;
using Concentrator.Ladders;
using Spectre.Console;

namespace Concentrator.Demo;

/// <summary>Plays the rows one after the other and shows each: its ladder, what came of it, and whether that is as it must be.</summary>
internal sealed class DemoPlayer(IAnsiConsole console)
{
    private readonly LadderWriter _ladder = new(console);

    /// <summary>Plays all rows; true when every one ended as the table says.</summary>
    public Task<bool> PlayAsync(CancellationToken cancel) => PlayAsync(Rows.All, cancel);

    public async Task<bool> PlayAsync(IReadOnlyList<Row> rows, CancellationToken cancel)
    {
        bool all = true;
        foreach (Row row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            all &= await PlayAsync(row).ConfigureAwait(false);
        }

        console.MarkupLine(all ? "[green bold]Every row ended as it must.[/]" : "[red bold]Not every row ended as it must: see above.[/]");
        return all;
    }

    private async Task<bool> PlayAsync(Row row)
    {
        console.MarkupLine($"[bold]{row.Id}[/]  [bold]{Markup.Escape(row.Title)}[/]");
        console.MarkupLine($"    [grey]{Markup.Escape(row.Rule)}[/]");
        Stage stage = await Stage.OpenAsync(row.Setup).ConfigureAwait(false);
        await using (stage.ConfigureAwait(false))
        {
            string? missed = await TryPlayAsync(row, stage).ConfigureAwait(false);
            _ladder.Heading("moon (initiator)", "sun (responder)");
            IReadOnlyList<LadderStep> steps = stage.Transcript.Steps;
            foreach (LadderStep step in steps) _ladder.Write(step);

            var ending = new Ending(
                await stage.Moon.GetSnapshotAsync().ConfigureAwait(false),
                stage.Sun is null ? null : await stage.Sun.GetSnapshotAsync().ConfigureAwait(false),
                [.. steps.OfType<MessageStep>().Select(m => m.Summary)]);
            ShowSide("moon", ending.Moon);
            if (ending.Sun is not null) ShowSide("sun ", ending.Sun);
            List<Check> checks = [.. row.Judge(stage, ending)];
            if (missed is not null) checks.Add(new Check(missed, false));
            foreach (Check check in checks) Show(check);
            console.WriteLine();
            return checks.TrueForAll(c => c.Holds);
        }
    }

    private static async Task<string?> TryPlayAsync(Row row, Stage stage)
    {
        try
        {
            await row.PlayAsync(stage).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException e)
        {
            return e.Message;
        }
    }

    private void ShowSide(string name, NodeSnapshot side) => console.MarkupLine($"  [bold]{name}[/]  {Markup.Escape(Ending.Describe(side))}");

    private void Show(Check check)
    {
        string mark = console.Profile.Capabilities.Unicode ? (check.Holds ? "✔" : "✘") : check.Holds ? "ok  " : "FAIL";
        console.MarkupLine($"  [{(check.Holds ? "green" : "red")}]{mark} {Markup.Escape(check.What)}[/]");
    }
}
