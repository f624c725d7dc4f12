using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Concentrator.Actors.Node;
using Concentrator.Commands;
using Concentrator.Configuration;
using Concentrator.Hosting;
using Concentrator.Ike.Configuration;
using Concentrator.Kernel;
using Concentrator.Ladders;
using Concentrator.Reference;
using Concentrator.Tests.Configuration;

namespace Concentrator.Tests;

/// <summary>docs/ says what the program does: its reference pages are the program's own words.</summary>
public sealed partial class ReferenceTests
{
    [Fact]
    public void The_pages_in_docs_are_what_the_program_prints()
    {
        foreach (string page in ReferenceCommand.Pages.Keys)
        {
            string path = Path.Combine(Root(), "docs", page + ".md");
            Assert.True(File.Exists(path), Refresh(page));
            Assert.True(File.ReadAllText(path) == ReferenceCommand.Text(page), Refresh(page));
        }
    }

    /// <summary>A default that stands on the page is the one that is read: to write it changes nothing.</summary>
    [Fact]
    public void To_write_a_keys_default_changes_nothing()
    {
        string[] checkedKeys =
        [
            .. KeyTable.Connection.Where(row => row.Default.Length > 0).Select(row => Same(ConfigFolder.Connection(), ConfigFolder.Connection(lines: $"{row.Name} = {row.Default}"), row)),
            .. KeyTable.Child.Where(row => row.Default.Length > 0).Select(row => Same(ConfigFolder.Connection(child: ""), ConfigFolder.Connection(child: $"{row.Name} = {row.Default}"), row)),
        ];
        Assert.Contains("connections.<conn>.unique", checkedKeys);
        Assert.Contains("connections.<conn>.children.<child>.replay_window", checkedKeys);
    }

    [Fact]
    public void Every_key_has_a_sentence_and_every_supported_one_a_default()
    {
        Assert.All(KeyTable.All, row => Assert.EndsWith(".", row.About, StringComparison.Ordinal));
        Assert.All(
            KeyTable.All.Where(row => row is { Support: KeySupport.Supported, IsSection: false }),
            row => Assert.True(row.Default.Length > 0 ^ row.DefaultInWords.Length > 0, $"{row.Path}: either a default or words for it"));
        Assert.All(KeyTable.All.Where(row => row is { Support: KeySupport.Supported, Kind: KeyKind.Word } && row.Name != "auth"), row => Assert.Contains(row.Default, row.Words));
    }

    [Fact]
    public void Every_setting_has_a_flag_or_a_sentence() => Assert.All(CommandReference.WithoutFlag(), setting => Assert.EndsWith(".", setting.About, StringComparison.Ordinal));

    /// <summary>"30 unless given" is what the node takes when nothing is given.</summary>
    [Fact]
    public void Numbers_in_the_text_of_settings_are_those_of_the_node()
    {
        NodeOptions node = new();
        Dictionary<string, double> defaults = new()
        {
            ["--reconcile-period"] = node.ReconcilePeriod.TotalSeconds,
            ["--port"] = node.Port,
            ["--nat-port"] = node.NatPort,
            ["--retransmit-timeout"] = node.Retransmit.Timeout.TotalSeconds,
            ["--retransmit-tries"] = node.Retransmit.Tries,
            ["--keep-alive"] = node.KeepAlive.TotalSeconds,
            ["--cookie-threshold"] = node.HalfOpen.CookieThreshold,
            ["--drain-timeout"] = node.DrainPatience.TotalSeconds,
            ["--ladders"] = LadderRecorder.DefaultLadders,
            ["RemoteNatPort"] = node.RemoteNatPort,
            ["RetransmitBase"] = node.Retransmit.Base,
            ["HalfOpenTimeout"] = node.HalfOpenTimeout.TotalSeconds,
            ["CookieThresholdIp"] = node.HalfOpen.CookieThresholdPerAddress,
            ["BlockThreshold"] = node.HalfOpen.BlockThreshold,
            ["InitLimitHalfOpen"] = node.HalfOpen.InitLimit,
            ["ChildLimit"] = node.ChildLimit,
            ["UpdownTimeout"] = node.UpdownTimeout.TotalSeconds,
            ["LadderSteps"] = LadderRecorder.DefaultSteps,
        };
        Dictionary<string, double> told = UnlessGiven().Matches(ReferenceCommand.Text("commands"))
            .ToDictionary(match => match.Groups["name"].Value, match => double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture));
        told.Remove("--log");
        Assert.Equal(defaults.OrderBy(one => one.Key, StringComparer.Ordinal), told.OrderBy(one => one.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_errno_that_the_program_has_words_for_is_on_the_page()
    {
        string page = ReferenceCommand.Text("refusals");
        string unknown = RefusalHints.For(XfrmStep.InboundSa, 9999, "");
        IEnumerable<int> known = Enumerable.Range(1, 133).Where(errno => new[] { XfrmStep.InboundSa, XfrmStep.Spi, XfrmStep.OutboundPolicy }.Any(step => RefusalHints.For(step, errno, "") != unknown));
        Assert.All(known, errno => Assert.Contains($"| `{Errno.NameOf(errno)}` {errno} |", page, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| `(?<name>--[-\w]+|[A-Z]\w+)[^|]*\|[^|\n]* (?<number>[\d.]+) unless given", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex UnlessGiven();

    private static string Same(string without, string with, KeyRow row)
    {
        using ConfigFolder one = new ConfigFolder().Write(without), other = new ConfigFolder().Write(with);
        GatewayConfig left = ConfigurationFile.Load(one.Main).Config!, right = ConfigurationFile.Load(other.Main).Config!;
        Assert.True(left.Connections[0].IsSameAs(right.Connections[0]), $"{row.Path} = {row.Default} is not the default");
        left.DisposeSecrets();
        right.DisposeSecrets();
        return row.Path;
    }

    private static string Refresh(string page) => $"docs/{page}.md is not what the program says: tests/docs/refresh.sh writes it anew";

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
