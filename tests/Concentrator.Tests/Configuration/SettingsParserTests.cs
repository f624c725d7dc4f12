using System.Text;
using Concentrator.Configuration;

namespace Concentrator.Tests.Configuration;

/// <summary>What no file should be able to do to the reader: end the process, or keep it busy.</summary>
public sealed class SettingsParserTests
{
    [Theory]
    [InlineData("include \"a\0b\"")]
    [InlineData("include \"\0*\"")]
    [InlineData("include \"\0/*\"")]
    [InlineData("include [")]
    [InlineData("include *[")]
    [InlineData("include nowhere/*.conf")]
    [InlineData("include .")]
    [InlineData("include ..")]
    [InlineData("include /dev/null")]
    public void Odd_includes_do_not_throw(string text) => Assert.NotNull(ConfigFolder.Errors(text));

    [Fact]
    public void An_include_that_never_ends_is_not_read_for_ever()
    {
        using ConfigFolder folder = new ConfigFolder().Write("include /dev/zero");

        Assert.Contains("larger than 16 MiB", Assert.Single(folder.Load().Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_includes_its_own_files_ends_soon()
    {
        using ConfigFolder folder = new ConfigFolder().Write("include *.conf");
        for (int i = 0; i < 12; i++) folder.Write("include *.conf", $"{i}.conf");

        Assert.Contains(folder.Load().Errors, e => e.Message == "files include each other without end");
    }

    [Fact]
    public void A_long_chain_of_references_is_followed()
    {
        string chain = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"a{i} : a{i + 1} {{ }}\n"));

        Assert.NotEmpty(ConfigFolder.Errors(chain));
    }

    [Fact]
    public void References_that_double_at_every_step_are_stopped()
    {
        string doubling = "t { c0 { x = 1\n } }\n" + string.Concat(Enumerable.Range(0, 28).Select(i => $"c{i + 1} {{ a : c{i} {{ }}\n b : c{i} {{ }}\n }}\n"));

        Assert.NotEmpty(ConfigFolder.Errors(doubling));
    }

    [Fact]
    public void Nesting_has_a_limit() => Assert.NotEmpty(ConfigFolder.Errors(string.Concat(Enumerable.Repeat("a {", 100_000))));

    [Fact]
    public void A_word_without_end_makes_a_short_message()
    {
        string error = ConfigFolder.Errors($"connections {{ {new string('x', 1_000_000)} = 1\n }}")[0];

        Assert.InRange(error.Length, 1, 600);
    }

    [Theory]
    [InlineData("secret = two   blanks", "two blanks")]
    [InlineData("secret = \t one\ttab  # comment", "one tab")]
    [InlineData("secret = \"two  blanks\"", "two  blanks")]
    [InlineData("secret = \"a\"b \"c\"", "a b c")]
    [InlineData("secret = \"a\\\nb\"", "ab")]
    [InlineData("secret = \"a\\tb\\\\\"", "a\tb\\")]
    [InlineData("secret\n= a=b{:,", "a=b{:,")]
    public void A_value_is_what_strongswan_reads(string line, string expected)
    {
        using ConfigFolder folder = new ConfigFolder().Write($"secrets {{ ike-a {{\n{line}\n }} }}");

        ConfigurationResult result = folder.Load();

        Assert.Empty(result.Errors);
        Assert.Equal(expected, Encoding.UTF8.GetString(result.Config!.SharedKeys[0].Key.Span));
    }

    [Theory]
    [InlineData("secrets { ike-a {\n secret = \"abc\n id = x\n } }\n", "swanctl.conf:2: the quoted string that begins here is not closed")]
    [InlineData("secrets { ike-a {\n \"secret\" = a\n } }", "swanctl.conf:2: secrets.ike-a: a name cannot be quoted")]
    [InlineData("\"\" { }", "swanctl.conf:1: a name cannot be quoted")]
    [InlineData("pools {\n a\n}", "swanctl.conf:2: pools.a: neither 'key = value' nor a section in braces")]
    [InlineData("pools {\n a b { }\n}", "swanctl.conf:2: pools.a: neither 'key = value' nor a section in braces")]
    [InlineData("pools {\n a : b\n}", "swanctl.conf:2: pools.a: neither 'key = value' nor a section in braces")]
    public void A_broken_statement_is_one_mistake_in_its_own_line(string text, string expected) =>
        Assert.Equal([expected], ConfigFolder.Errors(text));

    [Fact]
    public void A_file_of_nothing_but_mistakes_does_not_list_them_all() =>
        Assert.Equal(1000, ConfigFolder.Errors(new string('}', 100_000)).Length);

    [Theory]
    [InlineData("d/*", "a.conf b.conf")]
    [InlineData("d/*.conf", "a.conf b.conf")]
    [InlineData("d/?.conf", "a.conf b.conf")]
    [InlineData("d/[b-z].conf", "b.conf")]
    [InlineData("d/[!b].conf", "a.conf")]
    [InlineData("d/[z-a]*", "")]
    [InlineData("d/.h*", ".hidden")]
    [InlineData("*/*/*.conf", "c.conf")]
    [InlineData("d/e/../[a].conf", "a.conf")]
    [InlineData("\"d/e/c.conf\"", "c.conf")]
    [InlineData("none/*", "")]
    public void Includes_match_as_a_shell_does(string pattern, string expected)
    {
        using ConfigFolder folder = new ConfigFolder().Write($"include {pattern}");
        foreach (string name in new[] { "d/a.conf", "d/b.conf", "d/.hidden", "d/e/c.conf" }) folder.Write("marker = 1", name);

        Assert.Equal(expected, string.Join(' ', ReadFiles(folder)));
    }

    [Fact]
    public void An_include_that_is_not_there_says_who_wanted_it()
    {
        using ConfigFolder folder = new ConfigFolder().Write("\ninclude gone.conf");

        Assert.Equal($"{folder.PathOf("gone.conf")}: cannot be read: no such file (included from {folder.Main}:2)", Assert.Single(folder.Load().Errors).ToString());
    }

    [Fact]
    public void A_secret_that_is_no_utf8_is_not_made_another_one()
    {
        using ConfigFolder folder = new();
        File.WriteAllBytes(folder.Main, [.. "secrets { ike-a { secret = caf"u8, 0xe9, .. "\n } }"u8]);

        Assert.Equal($"{folder.Main}: cannot be read: it is not UTF-8 text", Assert.Single(folder.Load().Errors).ToString());
    }

    private static IEnumerable<string> ReadFiles(ConfigFolder folder)
    {
        List<ConfigurationError> errors = [];
        SettingsParser parser = new(errors);
        parser.Parse(folder.Main);
        Assert.Empty(errors);
        return parser.Files.Skip(1).Select(f => Path.GetFileName(f)!);
    }
}
