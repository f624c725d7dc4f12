using Concentrator.Configuration;

namespace Concentrator.Tests.Configuration;

/// <summary>The table of keys, and what it makes of each of them in a file.</summary>
public sealed class KeyTableTests
{
    [Fact]
    public void Every_path_stands_once_and_lies_in_a_section()
    {
        Assert.Equal(KeyTable.All.Count, KeyTable.All.Select(r => r.Path).Distinct().Count());
        HashSet<string> sections = [.. KeyTable.All.Where(r => r.IsSection).Select(r => r.Path), ""];
        Assert.All(KeyTable.All, row => Assert.Contains(row.Parent, sections));
    }

    [Fact]
    public void A_key_has_accepted_values_just_when_only_these_are_supported() =>
        Assert.All(KeyTable.All, row => Assert.Equal(row.Support == KeySupport.OnlyThese, row.Accepted.Count > 0));

    [Fact]
    public void What_this_program_does_anyway_may_be_asked_for()
    {
        foreach (KeyRow row in InConnections)
        {
            foreach (string value in row.Accepted) Assert.Empty(ConfigFolder.Errors(With(row, $"{row.Name} = {value}")));
        }
    }

    [Fact]
    public void What_is_not_supported_yet_says_so_key_by_key()
    {
        foreach (KeyRow row in InConnections.Where(r => r.Support != KeySupport.Supported))
        {
            string error = Assert.Single(ConfigFolder.Errors(With(row, row.IsSection ? $"{row.Name} {{ file = x\n }}" : $"{row.Name} = unheard-of")));
            Assert.Contains($".{row.Name}: ", error, StringComparison.Ordinal);
            Assert.Contains("not supported yet", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("reauth_time = 10m", "reauth_time: '10m' is not supported yet, only 0 or 0s")]
    [InlineData("aggressive = yes", "aggressive: 'yes' is not supported yet, only no or false")]
    [InlineData("dscp = 101110", "dscp: '101110' is not supported yet, only 000000")]
    [InlineData("ppk_required = yes", "ppk_required: 'yes' is not supported yet, only no or false")]
    [InlineData("if_id_in = %unique", "if_id_in: '%unique' is not supported yet, only 0 or 0x0")]
    public void Values_that_would_change_something_are_refused(string line, string expected) =>
        Assert.Equal([$"swanctl.conf:3: connections.c.{expected}"], ConfigFolder.Errors(ConfigFolder.Connection(line)));

    [Theory]
    [InlineData("reauth_time = 0h")]
    [InlineData("reauth_time = 00m")]
    public void Nothing_is_nothing_in_every_unit(string line) => Assert.Empty(ConfigFolder.Errors(ConfigFolder.Connection(line)));

    [Fact]
    public void Keys_of_one_side_are_not_those_of_the_other() => Assert.Equal(
        ["swanctl.conf:4: connections.c.local.groups: unknown key"],
        ConfigFolder.Errors(ConfigFolder.Connection(local: "groups = a\n auth = psk")));

    private static IEnumerable<KeyRow> InConnections => [.. KeyTable.Connection, .. KeyTable.Child, .. KeyTable.Local, .. KeyTable.Remote];

    /// <summary>A connection with this line where the key belongs.</summary>
    private static string With(KeyRow row, string line) =>
        KeyTable.Connection.Contains(row) ? ConfigFolder.Connection(line)
        : KeyTable.Child.Contains(row) ? ConfigFolder.Connection(child: line)
        : KeyTable.Local.Contains(row) ? ConfigFolder.Connection(local: $"auth = psk\n{line}")
        : ConfigFolder.Connection(remote: $"auth = psk\n{line}");
}
