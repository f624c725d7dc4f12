namespace Concentrator.Reference;

/// <summary>Tables of a page. A bar inside a cell would begin another one, and what is in angle brackets would be taken for HTML.</summary>
internal static class Markdown
{
    public static void Table(TextWriter page, string[] heads, IEnumerable<string[]> rows)
    {
        page.WriteLine($"| {string.Join(" | ", heads)} |");
        page.WriteLine($"|{string.Concat(Enumerable.Repeat("---|", heads.Length))}");
        foreach (string[] row in rows) page.WriteLine($"| {string.Join(" | ", row.Select(Cell))} |");
        page.WriteLine();
    }

    public static string Code(string text) => $"`{text}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
