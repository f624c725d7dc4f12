using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Concentrator.Tests;

/// <summary>
/// <c>tests/rfc7296.tsv</c> says for every requirement of RFC 7296 that concerns a gateway which tests prove it, or since when and why it is not met;
/// <c>tests/attacks.tsv</c> does the same for the kinds of attack and of broken peer that others have met. Both are read here against the tests' sources.
/// </summary>
public sealed partial class RequirementTests
{
    private const int FewestSections = 70;
    private const int FewestRequirements = 250;
    private const int ShortestReason = 30;

    private static readonly string[] Sections =
    [
        "1", "1.1", "1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.2", "1.3", "1.3.1", "1.3.2", "1.3.3", "1.4", "1.4.1", "1.5", "1.6", "1.7", "1.8",
        "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.6.1", "2.7", "2.8", "2.8.1", "2.8.2", "2.8.3", "2.9", "2.9.1", "2.9.2", "2.10", "2.11", "2.12",
        "2.13", "2.14", "2.15", "2.16", "2.17", "2.18", "2.19", "2.20", "2.21", "2.21.1", "2.21.2", "2.21.3", "2.21.4", "2.22", "2.23", "2.23.1", "2.24",
        "2.25", "2.25.1", "2.25.2",
        "3", "3.1", "3.2", "3.3", "3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.3.5", "3.3.6", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.10.1", "3.11",
        "3.12", "3.13", "3.13.1", "3.14", "3.15", "3.15.1", "3.15.2", "3.15.3", "3.15.4", "3.16",
        "4", "5", "5.1",
    ];

    /// <summary>Sections that tell a story, define words or list changes.</summary>
    private static readonly string[] WithoutRequirements = ["1.1", "1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.6", "1.8", "3", "3.15.2", "3.15.3"];

    public static TheoryData<string, string> Tables => new() { { "rfc7296.tsv", "section\tlevel\trequirement\tproof" }, { "rfc6311.tsv", "section\tlevel\trequirement\tproof" }, { "rfc5685.tsv", "section\tlevel\trequirement\tproof" }, { "attacks.tsv", "kind\tseen\tattack\tproof" } };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_row_has_tests_that_exist_or_a_dated_exception_with_its_reason(string table, string heading)
    {
        HashSet<string> tests = [.. Directory.EnumerateDirectories(TestsFolder()).SelectMany(SourcesIn).SelectMany(TestsIn)];
        Assert.InRange(tests.Count, 500, int.MaxValue);
        List<string> faults = [];
        foreach (string[] row in Rows(table, heading))
        {
            Match exception = Exception().Match(row[3]);
            if (exception.Success && !IsDated(exception.Groups[1].Value)) faults.Add($"{row[0]}: {row[2]}: no such day");
            if (exception.Success && exception.Groups[2].Length < ShortestReason) faults.Add($"{row[0]}: {row[2]}: no reason");
            if (!exception.Success) faults.AddRange(row[3].Split(' ').Where(proof => !Exists(proof, tests)).Select(proof => $"{row[0]}: {row[2]}: no test '{proof}'"));
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void No_row_stands_twice(string table, string heading)
    {
        List<string[]> rows = Rows(table, heading);
        Assert.Empty(rows.GroupBy(r => r[0] + "\t" + r[2]).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.All(rows, r => Assert.Equal(r[3].Split(' ').Length, r[3].StartsWith("exception", StringComparison.Ordinal) ? r[3].Split(' ').Length : r[3].Split(' ').Distinct().Count()));
    }

    [Fact]
    public void Sections_are_those_of_the_rfc_in_its_order_and_none_with_a_requirement_is_left_out()
    {
        List<string[]> rows = Rows("rfc7296.tsv", "section\tlevel\trequirement\tproof");
        Assert.All(rows, r => Assert.Contains(r[0], Sections));
        Assert.All(rows, r => Assert.Contains(r[1], (string[])["MUST", "MUST NOT", "SHOULD", "SHOULD NOT"]));
        List<int> order = [.. rows.Select(r => Array.IndexOf(Sections, r[0]))];
        Assert.Equal(order.Order(), order);
        Assert.Empty(Sections.Except(WithoutRequirements).Except(rows.Select(r => r[0])));
        Assert.InRange(rows.Select(r => r[0]).Distinct().Count(), FewestSections, Sections.Length);
        Assert.InRange(rows.Count, FewestRequirements, int.MaxValue);
    }

    private static List<string[]> Rows(string table, string heading)
    {
        string[] lines = File.ReadAllLines(Path.Combine(TestsFolder(), table));
        Assert.Equal(heading, lines[0]);
        List<string[]> rows = [.. lines.Skip(1).Select(line => line.Split('\t'))];
        Assert.All(rows, r => Assert.Equal(4, r.Length));
        Assert.All(rows, r => Assert.DoesNotContain(r, field => field.Length == 0 || field != field.Trim()));
        return rows;
    }

    private static bool Exists(string proof, HashSet<string> tests) =>
        proof.Contains('/', StringComparison.Ordinal) ? File.Exists(Path.Combine(TestsFolder(), proof, "scenario.sh")) : tests.Contains(proof);

    private static bool IsDated(string day) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
        && date <= DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    private static IEnumerable<string> SourcesIn(string project) => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText);

    /// <summary>Class.Method of every test of a source: a class at the margin, and below it methods behind [Fact] or [Theory].</summary>
    private static IEnumerable<string> TestsIn(string source)
    {
        string name = "";
        bool isTest = false;
        foreach (Match match in Landmark().Matches(source))
        {
            if (match.Groups["class"].Success) name = match.Groups["class"].Value;
            else if (match.Groups["attribute"].Success) isTest = true;
            else if (isTest)
            {
                isTest = false;
                yield return $"{name}.{match.Groups["method"].Value}";
            }
        }
    }

    private static string TestsFolder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, ".."));

    [GeneratedRegex(@"^exception (\S+): (.*)$")]
    private static partial Regex Exception();

    [GeneratedRegex(@"^(?:\w+ )*class (?<class>\w+)|^    \[(?<attribute>Fact|Theory)\b|^    public (?:static |async )*(?:void|Task|ValueTask) (?<method>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Landmark();
}
