using Concentrator.Demo;
using Rows = Concentrator.Demo.Rows;

namespace Concentrator.Tests.Demo;

/// <summary>The rows as `concentrator demo` plays them, and that a row which ends wrongly is told as such.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Every_row_ends_as_it_must()
    {
        StringWriter output = new();
        Assert.True(await new DemoPlayer(Plain.Console(output)).PlayAsync(TestContext.Current.CancellationToken), output.ToString());
        string text = output.ToString();
        foreach (string row in new[] { "S1", "S2", "S3", "S4", "S5", "S6" }) Assert.Contains($"\n{row}  ", "\n" + text, StringComparison.Ordinal);
        Assert.Contains("IKE_AUTH response 1 [ IDr AUTH N(MSG_ID_SYN_SUP) N(NO_PROP) ]", text, StringComparison.Ordinal);
        Assert.Contains("EPROTONOSUPPORT \"Requested type not found\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_ends_wrongly_makes_the_demo_fail()
    {
        StringWriter output = new();
        Row wrong = Rows.All[0] with { Judge = (_, _) => [new Check("pigs fly", false)] };
        Assert.False(await new DemoPlayer(Plain.Console(output)).PlayAsync([wrong], TestContext.Current.CancellationToken));
        Assert.Contains("pigs fly", output.ToString(), StringComparison.Ordinal);
    }
}
