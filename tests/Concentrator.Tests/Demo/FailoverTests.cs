using Concentrator.Demo.Failover;

namespace Concentrator.Tests.Demo;

/// <summary>The second act: processes that are nodes, one of which is killed; and that what is lost is told as such.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task A_node_is_killed_and_no_peer_authenticates_again()
    {
        StringWriter output = new();
        Assert.True(await new FailoverPlayer(Plain.Console(output), tunnels: 60).PlayAsync(TestContext.Current.CancellationToken), output.ToString());
        string text = output.ToString();
        Assert.Contains("is killed with 20 tunnels", text, StringComparison.Ordinal);
        Assert.Contains("60 of 60", text, StringComparison.Ordinal);
        Assert.Contains("No peer had to authenticate again.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300, 0, true)]
    [InlineData(299, 0, false)]
    [InlineData(300, 1, false)]
    public void What_is_lost_is_told(int kept, int authenticated, bool isGood)
    {
        FailoverReport report = new([new NodeFace("n1", 1, false, ["127.1.1.1"], 300)], [new NodeFace("n1", 1, true, [], 0)])
        {
            Tunnels = 300,
            Kept = kept,
            Authenticated = authenticated,
            Silences = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(9)],
        };
        StringWriter output = new();
        report.Write(Plain.Console(output));
        Assert.Equal(isGood, report.IsAsItMustBe);
        foreach (string told in (string[])[$"{kept} of 300", "2.0 s after the kill", "9.0 s after the kill", isGood ? "No peer had to" : "Not every tunnel"])
            Assert.Contains(told, output.ToString(), StringComparison.Ordinal);
    }
}
