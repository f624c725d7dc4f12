using Concentrator.Configuration;

namespace Concentrator.Tests.Configuration;

/// <summary><c>updown</c> of a child: a program and its arguments, and nothing that only a shell understands.</summary>
public sealed class UpdownTests
{
    [Fact]
    public void A_program_with_arguments_is_taken()
    {
        ConfigurationResult result = Load("updown = /usr/lib/ipsec/_updown iptables");
        Assert.Empty(result.Errors);
        Assert.Equal("/usr/lib/ipsec/_updown iptables", result.Config!.Connections[0].Children[0].Updown);
        Assert.Null(Load("updown = ").Config!.Connections[0].Children[0].Updown);
    }

    [Theory]
    [InlineData("/bin/sh -c 'id'", "no shell runs it")]
    [InlineData("/x > /tmp/log", "no shell runs it")]
    [InlineData("/x $PLUTO_PEER_ID", "no shell runs it")]
    [InlineData("ipsec _updown", "no absolute path")]
    public void What_a_shell_would_have_to_read_is_a_mistake(string command, string why) =>
        Assert.Contains(why, Assert.Single(Load($"updown = {command}").Errors).Message, StringComparison.Ordinal);

    private static ConfigurationResult Load(string line)
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection(child: $"local_ts = 10.1.0.0/24\n{line}"));
        return ConfigurationFile.Load(folder.Main);
    }
}
